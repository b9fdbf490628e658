// Choir: the nave of a cathedral, stained glass, candles, robed singers; near, they stand before us. Else the stalls are empty.

vec3 pane_colour(float chosen) {
    float pick = chosen * 5.0;
    return pick < 1.0 ? vec3(0.85, 0.10, 0.12) : pick < 2.0 ? vec3(0.12, 0.25, 0.85) : pick < 3.0 ? vec3(0.98, 0.72, 0.14)
        : pick < 4.0 ? vec3(0.10, 0.58, 0.36) : vec3(0.55, 0.16, 0.70);
}

float window_light() { return light.day * 1.0 + light.gold * 0.85 + light.night * 0.42; }

vec3 stone(vec2 u) {
    vec3 warm = mix(vec3(0.62, 0.50, 0.38), vec3(0.50, 0.46, 0.48), draws[0]);
    return warm * (0.80 + 0.35 * fbm2(u * vec2(9.0, 14.0) + draws[1] * 40.0));
}

vec3 rose_window(vec3 c, vec2 p, float radius) {
    float r = length(p) / radius;
    float petals = 8.0 + 4.0 * floor(draws[2] * 2.0);
    float turn = fract(atan(p.y, p.x) / TAU + 0.5) * petals;
    float ring = floor(r * 3.0);
    vec3 glass = pane_colour(hash(vec2(floor(turn) * step(0.5, ring) + ring * 13.0, floor(draws[3] * 90.0))));
    float lead = falling(0.39, 0.45, abs(fract(turn) - 0.5)) * falling(0.38, 0.46, abs(fract(r * 3.0) - 0.5));
    glass = mix(vec3(0.06, 0.05, 0.06), glass * 1.25 + 0.08, max(lead, step(r, 0.2))) * window_light();
    c = mix(c, c * 0.5, inside(length(p) - radius * 1.12));
    return mix(c, glass, inside(length(p) - radius));
}

vec3 lancets(vec3 c, vec2 p, float wide, float high) {
    float pitch = wide * 2.6;
    float i = clamp(floor(p.x / pitch + 1.5), 0.0, 2.0);
    vec2 q = vec2(p.x - (i - 1.0) * pitch, p.y);
    float d = gothic(q, wide, high - (i == 1.0 ? 0.0 : 0.05));
    vec2 cell = floor(vec2(q.x / wide * 1.0 + 7.0, q.y * 18.0));
    vec3 glass = (pane_colour(hash(cell + vec2(i * 5.0, floor(draws[4] * 90.0)))) * 1.2 + 0.06) * window_light();
    c = mix(c, c * 0.5, inside(d - 0.012));
    return mix(c, glass, inside(d));
}

// Ribbed arches one before the other, each wider and darker, towards us.
vec3 nave(vec2 u, vec2 middle) {
    vec3 dim = vec3(0.34, 0.28, 0.24) + 0.30 * light.fill * (light.day + light.gold);
    vec3 c = stone(u) * (dim + 0.15);
    vec2 p = u - middle;
    if (chance(5, 0.6)) {
        c = rose_window(c, p - vec2(0.0, 0.16), between(6, 0.13, 0.17));
    } else {
        c = lancets(c, p + vec2(0.0, 0.10), 0.045, 0.26);
    }
    c += mix(pane_colour(draws[7]), light.sun, 0.5) * 0.25 * window_light() * exp(-length(p - vec2(0.0, 0.12)) * 4.0);
    for (int i = 0; i < 3; i++) {
        float wide = 0.22 + 0.12 * float(i) + 0.03 * float(i * i);
        vec2 q = p + vec2(0.0, 0.5);
        float opening = gothic(q, wide, 0.52 - 0.02 * float(i));
        float rib = abs(fract(opening * 34.0) - 0.5);
        vec3 wall = stone(u + float(i)) * (dim * (0.95 - 0.22 * float(i))) * (0.80 + 0.35 * smoothstep(0.1, 0.4, rib));
        wall += vec3(1.0, 0.66, 0.30) * 0.16 * exp(-max(u.y - 0.3, 0.0) * 4.0);
        c = mix(c, wall, inside(-opening));
    }
    return c;
}

vec3 candles(vec3 c, vec2 u, float line) {
    float x = u.x * 7.0 + draws[8] * 10.0;
    float chosen = hash(vec2(floor(x), 4.0));
    vec2 p = vec2((fract(x) - 0.5) / 7.0, u.y - line - 0.06 * chosen);
    c = mix(c, vec3(0.95, 0.88, 0.72) * 0.8, inside(box(p + vec2(0.0, 0.10), vec2(0.012, 0.10))));
    float flicker = swing(1.7, chosen) * swing(0.6, 3.0 * chosen) - sine(chosen) * sine(3.0 * chosen);
    c += glow(p - vec2(0.0, 0.025), 0.05, vec3(1.0, 0.62, 0.24)) * (0.85 + 0.15 * flicker);
    return mix(c, vec3(1.0, 0.93, 0.66), inside(ellipse(p - vec2(0.002 * flicker, 0.025 + 0.002 * flicker), vec2(0.011, 0.024 + 0.003 * flicker))));
}

float head_size() { return mix(0.026, 0.092, nearness); }

float front_line() { return mix(0.20, 0.33, nearness) - (layer == 1 ? 0.13 : 0.0); }

// A row of carved stalls below the height of line, where the singers stand.
vec3 stalls(vec3 c, vec2 u, float line, float shade) {
    vec2 p = vec2((fract(u.x * 6.0 + draws[8]) - 0.5) / 6.0, u.y - line);
    float carved = gothic(p + vec2(0.0, 0.17), 0.052, 0.06);
    vec3 oak = mix(vec3(0.36, 0.21, 0.11), vec3(0.26, 0.15, 0.10), draws[1]) * (0.75 + 0.4 * noise(vec2(u.x * 9.0, u.y * 60.0)));
    vec3 lit = oak * shade * (0.9 + 0.5 * exp(5.0 * min(p.y, 0.0)));
    lit *= mix(1.0, 0.55, inside(carved)) * (1.0 - 0.35 * inside(abs(abs(p.x) - 0.083) - 0.004));
    lit = mix(lit, oak * shade * 2.0, inside(abs(p.y + 0.008) - 0.008));
    return mix(c, lit, inside(p.y));
}

vec3 setting(vec2 u) {
    vec2 middle = vec2(between(9, 0.42, 0.58), between(10, 0.52, 0.60));
    vec3 c = nave(u, middle);
    float shaft = noise(vec2((u.x - 0.5 * u.y * side(11)) * 6.0 + draws[12] * 40.0, 1.0));
    c += light.sun * 0.16 * smoothstep(0.5, 0.85, shaft) * (light.day + light.gold) * smoothstep(0.1, 0.8, u.y);
    float line = front_line();
    c = candles(c, u, line + mix(0.14, 0.20, nearness));
    c = stalls(c, u, line + 0.6 * head_size(), 0.8);
    return stalls(c, u, line - 2.4 * head_size(), 1.1);
}

// One rank facing us, heads of the given radius at the height of line; outside 1 leaves the picture.
void rank_of_singers(inout vec4 c, vec2 u, float line, float head, float offset, vec3 robe, float outside) {
    float pitch = head * 3.1;
    float x = (u.x - 1.45 * outside * (fract(offset * 7.0) < 0.5 ? -1.0 : 1.0)) / pitch + offset * 10.0;
    float there = step(abs((floor(x) + 0.5 - offset * 10.0) * pitch - 0.5), 0.7);
    float chosen = hash(vec2(floor(x), offset * 60.0));
    float sway = 0.14 * head * swing(0.3, offset) - 0.14 * head * sine(offset);
    float stride = 0.2 * head * abs(swing(1.8, chosen)) * min(3.0 * outside, 1.0);
    vec2 p = vec2((fract(x) - 0.5) * pitch - sway, u.y - line - 0.35 * head * chosen - stride);
    vec3 lit = vec3(0.98, 0.80, 0.62) * (0.75 + 0.25 * light.day);
    if (layer == 1) lit = 0.15 + 0.85 * light.fill;
    float body = min(max(ellipse(p + vec2(0.0, 2.6 * head), vec2(1.4, 1.55) * head), -p.y - 3.0 * head), taper(p + vec2(0.0, 9.0 * head), 1.7 * head, 1.35 * head, 6.5 * head));
    vec3 cloth = robe * lit * (0.72 + 0.4 * smoothstep(-1.4 * head, 1.2 * head, p.x)) * (1.0 - 0.22 * inside(abs(abs(p.x) - 0.6 * head) - 0.10 * head));
    over(c, cloth, inside(body) * there);
    float collar = ellipse(p + vec2(0.0, 1.25 * head), vec2(0.85, 0.42) * head);
    over(c, vec3(0.97, 0.95, 0.90) * lit, inside(collar) * there);
    vec3 skin = mix(vec3(0.98, 0.78, 0.62), vec3(0.52, 0.33, 0.22), chosen * chosen) * lit;
    vec3 hair = mix(vec3(0.14, 0.09, 0.06), vec3(0.66, 0.46, 0.22), hash(vec2(chosen * 90.0, 2.0))) * lit;
    float face = ellipse(p, vec2(0.80, 1.0) * head);
    over(c, hair, inside(ellipse(p - vec2(0.0, 0.12 * head), vec2(0.95, 1.08) * head)) * there);
    over(c, skin, inside(max(face, p.y - 0.45 * head)) * there);
    float open = come(0.75, 1.0) * (0.72 + 0.28 * swing(0.7, 0.25 + 0.25 * chosen));
    float mouth = ellipse(p + vec2(0.0, 0.42 * head), vec2(mix(0.30, 0.24, open), mix(0.05, 0.30, open)) * head);
    float eyes = ellipse(vec2(abs(p.x) - 0.32 * head, p.y - 0.10 * head), vec2(0.13, 0.09) * head);
    over(c, vec3(0.16, 0.04, 0.04), inside(min(mouth, eyes)) * there);
}

void thing(inout vec4 c, vec2 u) {
    float head = head_size();
    vec3 robe = draws[13] < 0.4 ? vec3(0.74, 0.09, 0.10) : draws[13] < 0.7 ? vec3(0.20, 0.22, 0.56) : vec3(0.92, 0.88, 0.80);
    rank_of_singers(c, u, front_line() + 2.0 * head, head * 0.86, draws[14], robe * 0.8, 1.0 - arrive(0.0, 0.85));
    rank_of_singers(c, u, front_line() - 0.9 * head, head, draws[15], robe, 1.0 - arrive(0.1, 0.95));
}
