// Bell: a church tower with a great swinging bell; near, the belfry fills the picture. Shutters close over a still bell.

const vec2 BELFRY = vec2(0.0, 0.62);  // the bell's place on a tower whose foot is (0, 0)

vec3 stone_colour() {
    return mix(mix(vec3(0.86, 0.76, 0.60), vec3(0.70, 0.40, 0.28), smoothstep(0.55, 0.75, draws[0])), vec3(0.92, 0.90, 0.86), smoothstep(0.3, 0.1, draws[0]));
}

vec3 roof_colour() { return mix(vec3(0.46, 0.17, 0.12), vec3(0.14, 0.36, 0.34), step(0.5, draws[1])); }

vec3 lit_side(vec3 c, float x, float edge) {
    float sunward = light.place.x < 0.5 ? -1.0 : 1.0;
    float shade = smoothstep(-edge, edge, x * sunward);
    return c * light.fill * mix(0.62, 1.0, shade) + c * light.sun * 0.18 * shade * (light.gold + 0.4 * light.day);
}

float tower_wide() { return between(4, 0.115, 0.15); }

float opening(vec2 p) { return gothic(p - vec2(0.0, BELFRY.y - 0.10), 0.66 * tower_wide(), 0.10); }

// How far from the middle the two shutters stand, half widths of the opening.
float shutters_at() { return 1.25 * come(0.0, 0.6) * 0.66 * tower_wide(); }

vec3 belfry(vec3 c, vec2 p, float scale) {
    float d = opening(p);
    vec3 within = mix(vec3(0.07, 0.06, 0.10), vec3(0.98, 0.62, 0.22), 0.55 * light.night + 0.15 * light.gold);
    within = mix(within, mix(light.horizon, light.zenith, 0.5), 0.55 * light.day);
    c = mix(c, c * 0.55, inside((d - 0.014) * scale));
    c = mix(c, within, inside(d * scale));
    float slat = fract(p.y * 46.0 + 0.2);
    vec3 wood = roof_colour() * light.fill * (0.55 + 0.55 * smoothstep(0.0, 0.7, slat) * falling(0.85, 1.0, slat));
    wood *= 1.0 - 0.5 * falling(0.002, 0.006, abs(abs(p.x) - shutters_at()));
    return mix(c, wood, inside(max(d, shutters_at() - abs(p.x)) * scale));
}

vec3 tower(vec3 c, vec2 p, float scale) {
    float wide = tower_wide();
    float top = 0.80;
    float courses = 0.88 + 0.24 * noise(p * vec2(24.0, 46.0) + draws[5] * 40.0);
    vec3 stone = lit_side(stone_colour() * courses, p.x, 0.02);
    float d = box(p - vec2(0.0, 0.5 * top - 0.25), vec2(wide, 0.5 * top + 0.25));
    c = mix(c, stone, inside(d * scale));
    float cornice = min(box(p - vec2(0.0, top), vec2(wide + 0.02, 0.016)), box(p - vec2(0.0, 0.46), vec2(wide + 0.012, 0.012)));
    c = mix(c, stone * 0.8, inside(cornice * scale));
    vec2 q = p - vec2(0.0, top + 0.015);
    float spire_high = between(6, 0.18, 0.42);
    float spire = taper(q, wide * 1.12, 0.004, spire_high);
    if (chance(7, 0.35)) spire = max(ellipse(q, vec2(wide * 1.1, 0.17)), -q.y);
    c = mix(c, lit_side(roof_colour(), p.x, 0.03), inside(spire * scale));
    vec2 dial = p - vec2(0.0, 0.36);
    vec3 face = mix(vec3(0.96, 0.93, 0.82), vec3(0.16, 0.18, 0.28), smoothstep(0.055, 0.062, length(dial)));
    c = mix(c, face * (0.35 + 0.65 * light.fill), inside((length(dial) - 0.075) * scale));
    float hands = min(stroke(dial, vec2(0.0), turned(vec2(0.0, 0.05), hour / 12.0 * TAU), 0.007, 0.004), stroke(dial, vec2(0.0), turned(vec2(0.0, 0.06), draws[8] * TAU), 0.006, 0.003));
    c = mix(c, vec3(0.08), inside(hands * scale));
    return belfry(c, p, scale);
}

vec3 nave(vec3 c, vec2 p, float scale) {
    float long_side = between(9, 0.36, 0.6);
    float eaves = 0.24;
    vec2 q = p - vec2(0.12, 0.0);
    float wall = box(q - vec2(0.5 * long_side, 0.0), vec2(0.5 * long_side, eaves));
    vec3 stone = stone_colour() * light.fill * 0.72;
    c = mix(c, stone, inside(wall * scale));
    float roof = max(max(eaves - q.y, q.y - eaves - 0.15), max(-q.x, q.x - long_side - 0.03 + 0.5 * (q.y - eaves)));
    c = mix(c, roof_colour() * light.fill * 0.9, inside(roof * scale));
    float pitch = long_side / 3.0;
    vec2 w = vec2(mod(q.x, pitch) - 0.5 * pitch, q.y - 0.07);
    float window = max(gothic(w, 0.032, 0.07), max(-q.x, q.x - long_side));
    return mix(c, mix(vec3(0.16, 0.16, 0.22), vec3(1.0, 0.74, 0.32), light.night + 0.5 * light.gold), inside(window * scale));
}

float tower_scale() { return mix(0.52, 2.3, pow(nearness, 1.2)); }

vec2 bell_place() { return mix(vec2(between(10, 0.28, 0.72), between(11, 0.50, 0.58)), vec2(between(10, 0.42, 0.58), 0.52), nearness); }

vec3 setting(vec2 u) {
    float scale = tower_scale();
    vec2 p = (u - bell_place()) / scale + BELFRY;
    float ground = bell_place().y - BELFRY.y * scale;
    vec3 c = sky(u, max(ground, 0.0) + 0.05);
    vec3 grass = mix(vec3(0.36, 0.52, 0.18), season_leaf(12), 0.5) * light.fill;
    c = hills(c, u, ground + 0.02, 0.16, 2.4, draws[13], hazed(grass * 0.8, 0.5));
    vec2 facing = vec2(p.x * side(14), p.y);
    c = nave(c, facing, scale);
    c = tower(c, p, scale);
    float lawn = ground + 0.03 * noise(vec2(u.x * 4.0, draws[15] * 40.0));
    c = mix(c, grass * (0.6 + 0.6 * fbm2(u * vec2(8.0, 24.0) + draws[16] * 40.0)), inside(u.y - lawn));
    float leaves = fbm2(u * 32.0 + draws[25] * 40.0);
    for (int i = 0; i < 4; i++) {
        vec2 at_tree = vec2(between(17 + i, 0.0, 1.0), ground + 0.05);
        float d = length(u - at_tree) - between(21 + i, 0.05, 0.10) * (0.72 + 0.55 * leaves);
        vec3 tone = season_leaf(12) * light.fill * (0.45 + 3.0 * clamp(u.y - at_tree.y + 0.1, 0.0, 0.2));
        c = mix(c, tone * (0.66 + 0.64 * leaves), inside(d));
    }
    return c;
}

// A bell hanging from p = (0, 0), one unit tall; its clapper swings to `clapper`.
float bell_shape(vec2 p, float clapper) {
    float t = clamp(-p.y, 0.0, 1.0);
    float width = 0.22 + 0.16 * smoothstep(0.0, 0.25, t) + 0.26 * smoothstep(0.62, 1.0, t);
    float ball = disc(p - vec2(clapper, -1.08), 0.11);
    return min(max(abs(p.x) - width * smoothstep(-0.08, 0.12, t), max(p.y, -p.y - 1.0)), ball);
}

// Over another place the bell hangs into the picture from above.
void thing(inout vec4 c, vec2 u) {
    float scale = layer == 1 ? mix(0.9, 2.6, nearness) : tower_scale();
    float drawn = asin(2.0 * draws[2] - 1.0) / TAU;
    float angle = 0.65 * come(0.3, 1.0) * sine(drawn + 0.52 * seconds);
    vec2 p = (u - bell_place()) / scale + BELFRY;
    vec2 top = u - vec2(between(10, 0.16, 0.84), 1.05 + 0.5 * (1.0 - come(0.0, 1.0)));
    vec2 hang = turned(layer == 1 ? top / scale : p - BELFRY - vec2(0.0, 0.085), angle) / 0.165;
    float d = bell_shape(hang, 0.22 * come(0.3, 1.0) * sine(drawn + 0.52 * seconds + 0.25));
    if (layer == 0) d = max(d, max(opening(p) - 0.03 * come(0.4, 0.8), abs(p.x) - shutters_at() - 0.5 * come(0.5, 0.6)) / 0.165);
    vec3 bronze = mix(vec3(0.98, 0.74, 0.26), vec3(0.80, 0.52, 0.18), draws[3]) * (0.45 + 0.6 * light.fill + 0.12 * light.night);
    bronze *= 0.60 + 0.75 * exp(-pow((hang.x + 0.12) / 0.17, 2.0));
    bronze *= 1.0 - 0.3 * inside((abs(hang.y + 0.80) - 0.04) * 0.165 * scale);
    over(c, bronze, inside(d * 0.165 * scale));
}
