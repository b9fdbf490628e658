// Traffic: a street between tall houses, head lights coming and tail lights going; near, a car fills the lane. Else it is empty.

vec3 house_front(vec2 u, vec2 vanish, vec3 haze) {
    float reach = u.x < vanish.x ? vanish.x + 0.16 : 1.16 - vanish.x;
    float k = abs(u.x - vanish.x) / reach;
    float z = 1.0 / max(k, 0.03);
    float y = (u.y - vanish.y) / max(k, 0.03);
    float row = u.x < vanish.x ? 0.0 : 7.0;
    float house = floor(z * between(0, 1.1, 1.8) + draws[1] * 30.0 + row);
    float tall = between(2, 0.30, 0.55) + 0.75 * hash(vec2(house, row + floor(draws[3] * 60.0)));
    float chosen = hash(vec2(house, 5.0));
    vec3 wall = mix(vec3(0.58, 0.36, 0.28), vec3(0.52, 0.50, 0.50), chosen);
    wall = mix(wall, vec3(0.78, 0.66, 0.46), step(0.7, chosen)) * light.fill * 0.85;
    vec2 pane = vec2(z * 7.0, y * 11.0);
    vec2 cell = floor(pane);
    vec2 f = abs(fract(pane) - 0.5);
    float window = falling(0.26, 0.34, f.x) * falling(0.29, 0.37, f.y) * step(0.04, y) * smoothstep(0.12, 0.25, k);
    float lit = step(0.45, hash(cell + vec2(house, row)));
    vec3 lamp = mix(vec3(1.0, 0.74, 0.34), vec3(1.0, 0.90, 0.66), hash(cell + 3.0));
    vec3 glass = mix(wall * 0.45, lamp, lit * (light.night + 0.55 * light.gold));
    vec3 shop = mix(lamp, hash(vec2(house, 9.0)) < 0.5 ? vec3(1.0, 0.25, 0.45) : vec3(0.20, 0.75, 0.95), 0.5);
    vec3 c = mix(wall, glass, window);
    c = mix(c, shop, 0.7 * step(y, 0.03) * step(-0.03, y) * (light.night + 0.4 * light.gold));
    c *= y < -0.03 ? 0.6 : 1.0;
    c = mix(c, haze, 0.85 * falling(0.05, 0.55, k));
    return mix(clear_sky(u, vanish.y), c, inside((y - tall) * k));
}

vec3 roadway(vec2 u, vec2 vanish, vec3 haze) {
    float k = max(vanish.y - u.y, 0.0) / vanish.y;
    float x = (u.x - vanish.x) / max(k, 0.02);
    vec3 c = vec3(0.27, 0.28, 0.32) * (0.35 + 0.65 * light.fill) * (0.85 + 0.3 * fbm2(vec2(x * 5.0, 1.0 / (k + 0.06)) + draws[4] * 40.0));
    float dash = step(0.45, fract(1.4 / max(k, 0.02) + draws[5])) * smoothstep(0.02, 0.1, k);
    c = mix(c, vec3(0.95, 0.90, 0.75) * (0.3 + 0.7 * light.fill), dash * inside((abs(x) - 0.035) * k));
    vec3 path = vec3(0.46, 0.42, 0.40) * light.fill;
    c = mix(c, path, inside((0.80 - abs(x)) * k));
    return mix(c, haze, 0.7 * falling(0.0, 0.30, k));
}

vec3 car_colour(float chosen) {
    float pick = chosen * 5.0;
    return pick < 1.0 ? vec3(0.78, 0.10, 0.09) : pick < 2.0 ? vec3(0.98, 0.76, 0.12) : pick < 3.0 ? vec3(0.14, 0.30, 0.56)
        : pick < 4.0 ? vec3(0.86, 0.88, 0.90) : vec3(0.12, 0.13, 0.16);
}

// A car seen end on, its wheels on p.y = 0, one unit wide.
void car(inout vec4 c, vec2 p, float scale, bool coming, float chosen) {
    vec3 body = car_colour(chosen) * (0.30 + 0.70 * light.fill);
    over(c, vec3(0.0), 0.6 * softly(ellipse(p, vec2(0.58, 0.10)) * 2.0, 0.1));
    over(c, vec3(0.04), inside(box(vec2(abs(p.x) - 0.37, p.y - 0.10), vec2(0.09, 0.10)) * scale));
    p.y -= 0.012 * swing(2.3, chosen);  // the body rides on its springs
    float cabin = taper(p - vec2(0.0, 0.42), 0.44, 0.31, 0.32);
    over(c, body * 0.85, inside((cabin - 0.02) * scale));
    vec3 glass = mix(vec3(0.12, 0.15, 0.20), light.horizon, 0.45 * smoothstep(0.45, 0.75, p.y)) * (0.35 + 0.65 * light.fill);
    over(c, glass, inside((cabin + 0.05) * scale));
    float hood = box(p - vec2(0.0, 0.29), vec2(0.46, 0.16)) - 0.04;
    over(c, body * (0.7 + 0.8 * smoothstep(0.1, 0.5, p.y)), inside(hood * scale));
    over(c, vec3(0.06), inside(box(p - vec2(0.0, 0.20), vec2(0.22, 0.05)) * scale));
    vec2 q = vec2(abs(p.x) - 0.37, p.y - 0.32);
    vec3 lamp = coming ? vec3(1.0, 0.97, 0.84) : vec3(1.0, 0.10, 0.06);
    over(c, lamp, inside(ellipse(q, vec2(0.095, 0.065)) * scale));
    float dark = (0.30 + 0.70 * (light.night + 0.6 * light.gold)) * (coming ? 0.9 : 0.7) * (1.0 + 0.08 * swing(1.1, chosen));
    shine(c, (glow(q, 0.20, lamp) + 0.35 * glow(vec2(q.x, 0.25 * (p.y + 0.15)) * 1.3, 0.22, lamp) * step(p.y, 0.05)) * dark);
}

vec2 vanishing_point() { return vec2(between(6, 0.36, 0.64), between(7, 0.46, 0.56)); }

vec3 setting(vec2 u) {
    vec2 vanish = vanishing_point();
    vec3 haze = mix(light.horizon, vec3(0.95, 0.62, 0.40), 0.35) * (0.45 + 0.55 * light.fill) + light.night * vec3(0.16, 0.08, 0.04);
    vec3 c = house_front(u, vanish, haze);
    float kerb = step(0.80 * (vanish.y - u.y) / vanish.y, abs(u.x - vanish.x));
    return mix(c, roadway(u, vanish, haze), inside(u.y - vanish.y + 0.165 * abs(u.x - vanish.x) * kerb));
}

void thing(inout vec4 c, vec2 u) {
    vec2 vanish = vanishing_point();
    float drive = 10.0 - abs(mod(seconds, 20.0) - 10.0);
    for (int i = 0; i < 6; i++) {
        float lane = i > 3 ? 0.40 * side(15) * (i == 5 ? 1.0 : -1.0) : i % 2 == 0 ? 0.38 : -0.38;
        bool coming = lane * side(16) > 0.0;
        float near = (0.06 + 0.10 * float(i) + 0.06 * draws[8 + i]) * exp((coming ? 0.05 : -0.05) * drive);
        if (i == 4) near = mix(0.34, 0.80, nearness * draws[14]);
        if (i == 5) near = mix(0.46, 1.05, nearness);
        if (i > 3) near *= 1.0 + 0.08 * swing(0.19, 0.3 * float(i)) - 0.08 * sine(0.3 * float(i));
        // Farther cars keep behind the two in front; all come out of the distance.
        near = (i > 3 ? near : min(near, 0.30 + 0.02 * float(i))) * mix(0.03, 1.0, come(0.0, 1.0));
        vec2 wheels = vec2(vanish.x + lane * near, vanish.y - vanish.y * near * 0.86);
        float scale = 0.62 * near;
        car(c, (u - wheels) / scale, scale, coming, draws[17 + i]);
    }
}
