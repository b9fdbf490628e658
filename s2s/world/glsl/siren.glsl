// Siren: a street of old houses, a fire engine, an ambulance or a police car driving in with its lights flashing; near,
// it fills the street.

// Laid over another place, the street is a strip along the lower edge.
float kerb() { return layer == 1 ? 0.11 : mix(0.30, 0.24, nearness); }

float zoom() { return mix(0.85, 1.25, nearness); }

// One row of houses standing on y = 0, seen from across the street.
vec3 houses(vec3 c, vec2 p, float scale) {
    float x = p.x * 3.1 + draws[0] * 40.0;
    float number = floor(x);
    float chosen = hash(vec2(number, floor(draws[1] * 90.0)));
    float other = hash(vec2(floor(draws[2] * 90.0), number + 5.0));
    vec2 q = vec2((fract(x) - 0.5) / 3.1, p.y);
    float eaves = 0.36 + 0.22 * other;
    float gable = step(0.45, chosen);
    float roof = gable > 0.5 ? q.y - eaves - 0.16 + 0.95 * abs(q.x) : q.y - eaves - 0.05;
    float pick = chosen * 5.0;
    vec3 plaster = pick < 1.0 ? vec3(0.62, 0.26, 0.19) : pick < 2.0 ? vec3(0.86, 0.76, 0.56) : pick < 3.0 ? vec3(0.44, 0.54, 0.58) : pick < 4.0 ? vec3(0.80, 0.52, 0.32) : vec3(0.56, 0.60, 0.46);
    plaster *= light.fill * (0.72 + 0.32 * noise(q * vec2(40.0, 55.0)) + 0.25 * (q.y - 0.2));
    c = mix(c, plaster * 0.42 + vec3(0.05, 0.02, 0.02) * light.fill, inside(max(q.y - eaves - 0.10 - 0.08 * gable + gable * (0.95 * abs(q.x) - 0.10), abs(q.x) - 0.165) * scale));
    c = mix(c, plaster, inside(max(roof, abs(q.x) - 0.159) * scale));
    c = mix(c, plaster * 1.35, inside(max(abs(q.y - eaves + 0.01) - 0.008, abs(q.x) - 0.165) * scale));

    vec2 grid = vec2((q.x + 0.15) * 10.0, (q.y - 0.155) * 8.0);
    vec2 cell = floor(grid);
    vec2 w = fract(grid) - 0.5;
    float storey = step(0.155, q.y) * step(q.y, eaves - 0.03);
    float pane = max(abs(w.x) - 0.24, abs(w.y) - 0.33);
    float lit = step(0.52, hash(cell + vec2(number * 3.0, 7.0)));
    vec3 dark = mix(light.zenith * 0.5, light.horizon, 0.5 + 0.5 * w.y) * 0.7;
    vec3 glass = mix(dark, mix(vec3(1.0, 0.72, 0.34), vec3(1.0, 0.86, 0.58), other), lit * (light.night + 0.65 * light.gold));
    glass *= abs(w.x) < 0.03 || abs(w.y - 0.05) < 0.03 ? 0.45 : 1.0;
    c = mix(c, plaster * 1.4 + 0.04, inside((pane - 0.07) * 0.1 * scale) * storey);
    c = mix(c, glass, inside(pane * 0.1 * scale) * storey);

    float shop = step(q.y, 0.135) * step(abs(q.x), 0.145);
    vec3 display = mix(mix(light.horizon, light.zenith, 0.4) * 0.55, vec3(1.0, 0.80, 0.50), light.night + 0.6 * light.gold) * (0.7 + 0.5 * noise(q * vec2(30.0, 18.0) + number));
    display = mix(display, vec3(0.10, 0.08, 0.08), step(abs(abs(q.x - 0.03) - 0.085), 0.006));
    c = mix(c, display, shop * step(0.02, q.y));
    float awning = max(abs(q.y - 0.142) - 0.022 - 0.006 * sin(q.x * 190.0), abs(q.x) - 0.152);
    vec3 cloth = mix(vec3(0.92, 0.90, 0.84), fract(chosen * 7.0) < 0.5 ? vec3(0.66, 0.12, 0.12) : vec3(0.12, 0.34, 0.28), step(0.5, fract(q.x * 30.0)));
    return mix(c, cloth * light.fill * (0.6 + 10.0 * (q.y - 0.12)), inside(awning * scale));
}

vec3 road(vec2 u, float kerb_y) {
    float depth = (kerb_y - u.y) / kerb_y;
    vec2 q = vec2((u.x - 0.5) / (0.4 + depth), 1.2 / (0.4 + depth));
    vec3 tar = vec3(0.24, 0.24, 0.27) * light.fill * (0.8 + 0.4 * noise(q * vec2(30.0, 90.0)));
    float wet = draws[3] * smoothstep(0.35, 0.65, fbm2(q * vec2(2.0, 7.0) + draws[4] * 40.0));
    vec3 mirrored = mix(mix(light.horizon, light.zenith, depth), vec3(1.0, 0.66, 0.34) * noise(vec2(u.x * 9.0 + draws[0] * 40.0, 3.0)), 0.6 * (light.night + 0.5 * light.gold));
    tar = mix(tar, mirrored, 0.55 * wet);
    float dash = max(abs(depth - 0.56) - 0.035, abs(fract(q.x * 2.4) - 0.5) - 0.28);
    tar = mix(tar, vec3(0.92, 0.88, 0.78) * light.fill, 0.85 * inside(dash * 0.3));
    float pavement = step(depth, 0.13);
    vec3 flags = vec3(0.56, 0.53, 0.50) * light.fill * (0.75 + 0.35 * noise(q * 24.0)) * (abs(fract(q.x * 9.0) - 0.5) > 0.47 ? 0.75 : 1.0);
    tar = mix(tar, flags, pavement);
    return mix(tar, vec3(0.72) * light.fill, inside((abs(depth - 0.13) - 0.012) * kerb_y));
}

vec3 lamps(vec3 c, vec2 p, float scale) {
    float x = p.x * 1.3 + draws[5];
    vec2 q = vec2((fract(x) - 0.5) / 1.3, p.y);
    float post = min(box(q - vec2(0.0, 0.20), vec2(0.006, 0.24)), taper(q + vec2(0.0, 0.04), 0.020, 0.010, 0.06));
    float head = taper(q - vec2(0.0, 0.44), 0.013, 0.024, 0.045);
    c = mix(c, vec3(0.06, 0.08, 0.08) + 0.06 * light.fill, inside(min(post, taper(q - vec2(0.0, 0.485), 0.030, 0.004, 0.025)) * scale));
    float on = light.night + 0.7 * light.gold;
    c = mix(c, mix(vec3(0.8) * light.fill, vec3(1.0, 0.90, 0.62), on), inside(head * scale));
    return c + glow((q - vec2(0.0, 0.46)) * scale, 0.075, vec3(1.0, 0.70, 0.34)) * on * 0.75;
}

vec3 setting(vec2 u) {
    float kerb_y = kerb();
    vec2 p = (u - vec2(0.5, kerb_y - 0.02)) / zoom();
    vec3 c = sky(u, kerb_y);
    vec2 behind = (p - vec2(0.15, 0.10)) * 1.6;
    vec3 far_roofs = hazed(vec3(0.40, 0.38, 0.44) * light.fill, 0.55);
    c = mix(c, far_roofs, inside((behind.y - 0.62 - 0.16 * zigzag(behind.x * 6.0 + draws[6] * 40.0, 4.0)) * 0.6));
    c = houses(c, p, zoom());
    c = mix(c, road(u, kerb_y), inside(u.y - kerb_y));
    for (int i = 0; i < 2; i++) {
        vec2 t = p - vec2(between(7 + i, -0.6, 0.6), 0.0);
        if (draws[9 + i] < 0.6) {
            c = mix(c, vec3(0.15, 0.10, 0.07) * light.fill, inside(box(t - vec2(0.0, 0.09), vec2(0.010, 0.11)) * zoom()));
            vec3 leaf = season_leaf(11) * light.fill * (0.45 + 2.6 * clamp(t.y - 0.16, 0.0, 0.22)) * (0.7 + 0.6 * noise(t * 45.0));
            c = mix(c, leaf, inside(crown((t - vec2(0.0, 0.25)) * vec2(1.1, 1.0), 0.10, draws[7 + i]) * zoom()));
        }
    }
    return lamps(c, p, zoom());
}

// What tells the three kinds apart, in half lengths of the machine: how high its flanks and roof are, where the cabin
// begins and ends, how its ends lean.
struct Kind { float belt; float roof; float back; float front; float back_lean; float front_lean; vec3 paint; vec3 band; };

int which() { return draws[12] < 0.4 ? 0 : draws[12] < 0.75 ? 1 : 2; }

Kind kind() {
    int k = which();
    if (k == 0) return Kind(0.46, 0.82, -1.0, 0.99, 0.0, 0.07, draws[13] < 0.75 ? vec3(0.84, 0.08, 0.06) : vec3(0.86, 0.76, 0.06), vec3(0.98, 0.94, 0.82));
    if (k == 1) return Kind(0.50, 0.98, -1.0, 0.66, 0.02, 0.26, draws[13] < 0.6 ? vec3(0.96, 0.96, 0.94) : vec3(0.96, 0.82, 0.10), draws[13] < 0.3 ? vec3(0.88, 0.12, 0.10) : vec3(0.08, 0.40, 0.30));
    return Kind(0.40, 0.67, -0.74, 0.52, 0.24, 0.36, draws[13] < 0.5 ? vec3(0.94, 0.95, 0.97) : vec3(0.10, 0.14, 0.26), draws[13] < 0.5 ? vec3(0.10, 0.24, 0.66) : vec3(0.94, 0.94, 0.94));
}

// Where the flashing lamps sit on the roof.
vec2 beacon() { return which() == 0 ? vec2(0.66, 0.875) : which() == 1 ? vec2(0.28, 1.03) : vec2(-0.12, 0.72); }

vec3 lamp_colour(float left) {
    vec3 blue = vec3(0.16, 0.36, 1.0);
    vec3 red = vec3(1.0, 0.10, 0.08);
    return draws[14] < 0.4 ? blue : left > 0.0 ? blue : red;
}

// How bright the left (-1) or right (1) lamp is at this moment.
float flash(float left) {
    float turn = fract(seconds * between(15, 1.6, 2.4) + draws[16] + 0.25 * left);
    return 0.15 + 0.85 * mound((turn - 0.5) * 4.6);
}

float wheel_x(float x) { return abs(x) - (which() == 0 ? 0.60 : which() == 1 ? 0.62 : 0.60); }

// The machine around p = (0, 0) on the ground, heading to +x, from -1 to 1.
void machine(inout vec4 c, vec2 p, float scale) {
    Kind k = kind();
    vec3 lit = 0.14 + 0.90 * light.fill;
    float radius = which() == 2 ? 0.150 : 0.165;
    float lower = box(p - vec2(0.0, 0.5 * (k.belt + 0.15)), vec2(0.97, 0.5 * (k.belt - 0.15) - 0.03)) - 0.03;
    float rise = clamp((p.y - k.belt) / (k.roof - k.belt), 0.0, 1.0);
    float upper = max(max(k.back + k.back_lean * rise - p.x, p.x - k.front + k.front_lean * rise), max(k.belt - 0.08 - p.y, p.y - k.roof));
    float arches = disc(vec2(wheel_x(p.x), p.y - radius), radius + 0.045);
    float shell = max(min(lower, upper), -arches);
    over(c, vec3(0.0), 0.55 * softly(ellipse(p - vec2(0.0, 0.02), vec2(1.06, 0.07)) * scale, 0.04));
    over(c, vec3(0.04), inside(min(box(p - vec2(0.0, 0.20), vec2(0.92, 0.09)), max(arches, lower)) * scale));

    vec3 side_paint = k.paint * lit * (0.66 + 0.50 * smoothstep(0.1, 0.8, p.y)) + light.sun * 0.10 * mound((p.y - k.belt) * 16.0);
    float band = which() == 1 ? max(abs(p.y - 0.42) - 0.10, -1.0) : abs(p.y - k.belt + 0.12) - 0.045;
    float check = which() == 1 ? step(0.5, fract((floor(p.x * 9.0) + floor(p.y * 9.0)) * 0.5)) : 1.0;
    side_paint = mix(side_paint, k.band * lit * (0.8 + 0.3 * p.y), inside(band * scale) * check);
    over(c, side_paint, inside(shell * scale));
    if (which() == 0) {
        float shutter = max(abs(p.x + 0.30) - 0.62, abs(p.y - 0.60) - 0.16);
        float ribs = abs(fract(p.y * 22.0) - 0.5);
        vec3 steel = vec3(0.70, 0.73, 0.76) * lit * (0.72 + 0.40 * ribs) * (abs(fract((p.x + 0.30) * 2.42 + 0.5) - 0.5) < 0.03 ? 0.35 : 1.0);
        over(c, steel, inside(shutter * scale));
        float rails = min(abs(p.y - 0.87 - 0.03 * p.x), abs(p.y - 0.95 - 0.03 * p.x)) - 0.013;
        float rungs = max(abs(fract(p.x * 13.0) - 0.5) / 13.0 - 0.008, abs(p.y - 0.91 - 0.03 * p.x) - 0.04);
        over(c, vec3(0.82, 0.84, 0.86) * lit, inside(max(min(rails, rungs), abs(p.x + 0.26) - 0.76) * scale));
    }
    if (which() == 1) {
        vec2 s = p - vec2(-0.36, 0.74);
        float star = min(box(s, vec2(0.035, 0.115)), min(box(turned(s, 1.047), vec2(0.035, 0.115)), box(turned(s, -1.047), vec2(0.035, 0.115))));
        over(c, vec3(0.08, 0.28, 0.72) * lit, inside(star * scale));
    }
    float from = which() == 0 ? 0.40 : which() == 1 ? 0.16 : k.back;
    float glass = max(upper + 0.055, max(from + 0.06 - p.x, k.belt + 0.02 - p.y));
    float pillar = abs(p.x - (which() == 0 ? 0.70 : which() == 1 ? 0.30 : -0.10)) - 0.018;
    vec3 pane = mix(vec3(0.10, 0.13, 0.18), mix(light.horizon, light.zenith, 0.5), 0.45 + 0.5 * smoothstep(0.0, 0.05, p.y - k.roof + 0.20 + 0.2 * p.x));
    over(c, pane, inside(max(glass, -pillar) * scale));
    float seams = min(abs(p.x - from), abs(p.x - (which() == 0 ? 0.70 : which() == 1 ? 0.60 : -0.10))) - 0.006;
    over(c, vec3(0.03), 0.6 * inside(max(max(seams, shell), 0.20 - p.y) * scale));

    vec2 w = vec2(wheel_x(p.x), p.y - radius);
    over(c, vec3(0.06, 0.06, 0.07), inside(disc(w, radius) * scale));
    float spokes = 0.6 + 0.4 * cos(atan(w.y, w.x) * 5.0 + seconds * 9.0 * presence);
    over(c, vec3(0.66, 0.68, 0.72) * lit * spokes, inside(disc(w, 0.58 * radius) * scale));
    over(c, vec3(0.20), inside(disc(w, 0.18 * radius) * scale));
    over(c, mix(vec3(0.85), vec3(1.0, 0.96, 0.80), light.night), inside(ellipse(p - vec2(0.95, 0.33), vec2(0.035, 0.055)) * scale));
    over(c, vec3(0.75, 0.06, 0.05), inside(box(p - vec2(-0.97, 0.34), vec2(0.022, 0.055)) * scale));

    vec2 b = p - beacon();
    vec3 lamp = lamp_colour(b.x < 0.0 ? -1.0 : 1.0) * (0.5 + 0.9 * flash(b.x < 0.0 ? -1.0 : 1.0));
    over(c, lamp + 0.5 * pow(flash(b.x < 0.0 ? -1.0 : 1.0), 3.0), inside((box(b, vec2(0.150, 0.030)) - 0.015) * scale));
}

void thing(inout vec4 c, vec2 u) {
    float scale = mix(0.17, 0.47, nearness);
    float ground = layer == 1 ? 0.045 : mix(kerb() - 0.10, 0.10, nearness) - 0.02 * draws[17];
    if (layer == 1) bring(c, road(u, kerb()), come(0.0, 0.3) * inside(u.y - kerb()));
    vec2 rest = vec2(mix(between(18, 0.32, 0.68), 0.5, 0.85 * nearness), ground);
    float arrived = 1.0 - arrive(0.0, 1.0);
    float along = -arrived * (0.62 + 1.3 * scale) + 0.012 * (seconds - 5.0);
    vec2 p = vec2((u.x - rest.x) * side(19) - along, u.y - rest.y - 0.002 * sin(seconds * 23.0)) / scale;
    machine(c, p, scale);

    // Its lamps throw their light round about, and down onto the road.
    float dark = 0.42 + 0.58 * light.night + 0.3 * light.gold;
    for (int i = 0; i < 2; i++) {
        float left = i == 0 ? -1.0 : 1.0;
        vec2 away = (p - beacon() - vec2(0.09 * left, 0.0)) * scale;
        vec3 lamp = lamp_colour(left) * flash(left);
        shine(c, glow(away, 0.05 + 0.10 * scale, lamp) * (0.7 + 0.5 * dark));
        shine(c, lamp * 0.52 * dark * exp(-length(away) * 2.6));
        float ray = pow(max(cos(atan(away.y, away.x) - seconds * 7.0 - left), 0.0), 12.0);
        shine(c, lamp * 0.42 * ray * exp(-length(away) * 3.0) * dark);
        float below = u.y - ground + 0.03;
        float road_wave = 0.7 + 0.6 * noise(vec2(u.x * 14.0, u.y * 60.0));
        shine(c, lamp * 0.45 * road_wave * mound(away.x * 7.0) * exp(below * 4.0) * step(below, 0.0) * dark);
    }
    vec2 beam = p - vec2(0.97, 0.33);
    float cone = falling(0.4, 1.0, abs(beam.y + 0.10 * beam.x) / (0.16 * beam.x + 0.04)) * step(0.0, beam.x) * exp(-beam.x * 1.6);
    shine(c, vec3(1.0, 0.94, 0.76) * 0.55 * cone * (light.night + 0.4 * light.gold));
}
