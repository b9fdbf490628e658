// Dog: a garden or a beach; a dog runs in, plants its feet and barks; near, its head and open mouth fill the picture.

float size() { return mix(0.24, 0.80, pow(nearness, 1.1)); }

// Laid over another place it stands before the picture's lower edge.
vec2 paws() { return vec2(mix(between(0, 0.34, 0.66), 0.5 - 0.30 * size() * side(1), nearness), layer == 1 ? -0.02 * size() : mix(between(2, 0.16, 0.26), 0.03, nearness)); }

bool at_home() { return draws[29] < 0.62; }

float horizon() { return between(3, 0.46, 0.58) - (at_home() ? 0.06 : 0.0); }

vec3 grass_colour() { return mix(vec3(0.34, 0.56, 0.16), season_leaf(4), 0.35); }

// The ground under a pixel: how far before the horizon, its grain, and what lies strewn on it, a flower or a pebble.
struct Ground { float depth; float grain; vec2 lot; float chosen; };

Ground ground_at(vec2 u) {
    float depth = max(horizon() - u.y, 0.0);
    vec2 q = vec2(u.x / (0.32 + depth), 1.3 / (0.27 + depth));
    vec2 cell = floor(q * 7.5);
    return Ground(depth, fbm3(q * 4.0 + draws[17] * 40.0), fract(q * 7.5) - 0.2 - 0.6 * hash2(cell), hash(cell + 3.0));
}

// A lawn running back to a fence or a hedge, a house or trees behind.
vec3 garden(vec3 c, vec2 u, Ground ground) {
    float line = horizon();
    vec2 h = (u - vec2(between(6, 0.12, 0.88), line - 0.01)) / between(7, 0.24, 0.34);
    if (chance(8, 0.6)) {
        vec3 plaster = mix(mix(vec3(0.94, 0.90, 0.82), vec3(0.72, 0.30, 0.22), step(0.5, draws[9])), vec3(0.52, 0.64, 0.72), step(0.8, draws[9])) * light.fill;
        float gable = max(abs(h.x) - 0.62, h.y + 0.72 * abs(h.x) - 1.08);
        c = mix(c, vec3(0.34, 0.20, 0.18) * light.fill, inside(max(abs(h.x) - 0.72, max(h.y + 0.72 * abs(h.x) - 1.18, -(h.y + 0.72 * abs(h.x) - 1.02))) * 0.25));
        c = mix(c, plaster * (0.86 + 0.2 * h.x), inside(gable * 0.25));
        vec2 w = vec2(abs(h.x) - 0.30, h.y - 0.36);
        float pane = min(box(w, vec2(0.11, 0.13)), box(h - vec2(0.0, 0.76), vec2(0.08, 0.08)));
        c = mix(c, vec3(0.96) * light.fill, inside((pane - 0.03) * 0.25));
        c = mix(c, mix(light.zenith * 0.6, vec3(1.0, 0.78, 0.42), light.night + 0.5 * light.gold), inside(pane * 0.25));
        c = mix(c, plaster * 0.45, inside(box(h - vec2(0.0, 0.16), vec2(0.10, 0.22)) * 0.25));
    }
    for (int i = 0; i < 2; i++) {
        vec2 t = u - vec2(between(10 + i, 0.0, 1.0), line + 0.15);
        c = mix(c, vec3(0.20, 0.14, 0.10) * light.fill, inside(box(t + vec2(0.0, 0.10), vec2(0.013, 0.12))) * step(draws[15 + i], 0.75));
        vec3 leaf = season_leaf(12) * light.fill * (0.42 + 2.4 * clamp(t.y + 0.08, 0.0, 0.22)) * (0.75 + 0.5 * noise(t * 45.0));
        c = mix(c, leaf, inside(crown(t, between(13 + i, 0.10, 0.17), draws[10 + i])) * step(draws[15 + i], 0.75));
    }
    vec3 lawn = grass_colour() * light.fill;
    float depth = ground.depth;
    float mown = 0.92 + 0.12 * step(0.5, fract((u.x - 0.5) / (0.25 + depth) * 1.4 + draws[18]));
    c = mix(c, hazed(lawn * (0.55 + 0.65 * ground.grain) * mown, 0.30 * falling(0.0, 0.20, depth)), inside(u.y - line));
    if (chance(19, 0.55)) {
        float x = fract(u.x * 19.0) - 0.5;
        float top = line + 0.085 - 0.16 * abs(x) * 0.2;
        float slat = max(abs(x) / 19.0 - 0.017, max(u.y - top, line - 0.035 - u.y));
        float rail = min(abs(u.y - line - 0.05), abs(u.y - line)) - 0.009;
        c = mix(c, mix(vec3(0.95, 0.94, 0.90), vec3(0.52, 0.36, 0.22), step(0.6, draws[20])) * light.fill * (0.80 + 0.2 * step(rail, 0.0)), inside(min(slat, rail)));
    } else {
        float hedge = u.y - line - 0.07 - 0.03 * fbm2(vec2(u.x * 11.0, draws[20] * 40.0));
        vec3 leaves = grass_colour() * 0.62 * light.fill * (0.55 + 0.9 * noise(u * 48.0)) * (0.7 + 3.5 * clamp(u.y - line, 0.0, 0.1));
        c = mix(c, leaves, inside(max(hedge, line - 0.03 - u.y)));
    }
    vec3 blossom = mix(vec3(1.0, 0.92, 0.36), vec3(0.98, 0.96, 0.98), step(0.5, draws[21]));
    return mix(c, blossom * light.fill, step(0.06, depth) * inside((length(ground.lot) - 0.10) * 0.06) * step(0.72, ground.chosen));
}

// Wet and dry sand, small waves running up.
vec3 beach(vec3 c, vec2 u, Ground ground) {
    float line = horizon();
    float depth = ground.depth;
    vec2 q = vec2((u.x - 0.5) / (depth + 0.10), 1.6 / (depth + 0.08));
    float wave = fbm3(q * vec2(0.8, 1.3) + vec2(0.0, 0.5 * seconds) + draws[22] * 40.0);
    vec3 sea = mix(mix(light.zenith, vec3(0.06, 0.38, 0.46) * light.fill, 0.55), light.horizon, 0.30 * smoothstep(0.35, 0.7, wave));
    sea += light.sun * 0.4 * exp(-abs(u.x - light.place.x) * 8.0) * smoothstep(0.52, 0.72, wave) * (light.gold + 0.5);
    c = mix(c, sea, inside(u.y - line));
    float edge = line - 0.13 + 0.03 * sin(u.x * 5.0 + draws[25] * TAU) + 0.02 * noise(vec2(u.x * 9.0, seconds * 0.4)) + 0.012 * sin(seconds * 0.9 + draws[26] * TAU);
    vec3 dry = mix(vec3(0.94, 0.80, 0.56), vec3(0.82, 0.72, 0.60), draws[27]) * light.fill;
    vec3 sand = dry * (0.68 + 0.50 * ground.grain);
    vec3 wet = mix(sand * 0.55, mix(light.horizon, light.zenith, 0.4), 0.45);
    sand = mix(wet, sand, smoothstep(0.02, 0.11, edge - u.y + 0.03 * noise(vec2(u.x * 7.0, 3.0))));
    c = mix(c, sand, inside(u.y - edge));
    float foam = softly(abs(u.y - edge - 0.006) - 0.010 * (0.4 + noise(vec2(u.x * 22.0, seconds))), 0.006) + 0.7 * softly(abs(u.y - edge - 0.06 - 0.01 * sin(u.x * 9.0 + seconds)) - 0.004, 0.006);
    c = mix(c, vec3(0.97) * light.fill, 0.9 * min(foam, 1.0));
    float pebble = inside((length(ground.lot * vec2(1.0, 1.3)) - 0.3 * (ground.chosen - 0.6)) * 0.07) * step(0.62, ground.chosen) * step(u.y, edge - 0.05);
    return mix(c, mix(vec3(0.42, 0.36, 0.32), vec3(0.98, 0.94, 0.90), step(0.0, ground.lot.y - 0.02)) * light.fill, 0.8 * pebble);
}

vec3 setting(vec2 u) {
    vec3 c = sky(u, horizon());
    float rise = at_home() ? 0.18 : draws[23] < 0.5 ? 0.10 : 0.0;
    c = hills(c, u, horizon() + 0.02 - 0.5 * (0.18 - rise), rise, 2.2, draws[5], hazed((at_home() ? vec3(0.26, 0.42, 0.24) : vec3(0.30, 0.32, 0.36)) * light.fill, 0.45));
    return at_home() ? garden(c, u, ground_at(u)) : beach(c, u, ground_at(u));
}

vec3 coat_colour() {
    float pick = draws[30] * 6.0;
    return pick < 1.0 ? vec3(0.78, 0.50, 0.22) : pick < 2.0 ? vec3(0.30, 0.18, 0.11) : pick < 3.0 ? vec3(0.14, 0.13, 0.14) : pick < 4.0 ? vec3(0.94, 0.90, 0.84)
        : pick < 5.0 ? vec3(0.62, 0.30, 0.12) : vec3(0.56, 0.55, 0.56);
}

// Two barks, a breath, two barks: how far the mouth is open, 0 .. 1.
float bark() {
    float beat = seconds * between(31, 2.0, 2.8) + draws[32] + 0.30;
    float open = pow(max(sin(3.1416 * fract(beat)), 0.0), 0.7);
    return smoothstep(0.75, 1.0, presence) * mix(0.25, 1.0, open * step(mod(floor(beat), 4.0), 2.5));
}

float leg(vec2 p, vec2 hip, float swing, float back, float thick) {
    vec2 knee = hip + vec2(0.06 * back + 0.5 * swing, -0.21);
    vec2 ankle = vec2(hip.x - 0.06 * back + swing, 0.06 + 0.5 * abs(swing) * step(0.0, swing));
    float d = min(stroke(p, hip, knee, thick, 0.055), stroke(p, knee, ankle, 0.052, 0.036));
    return min(d, ellipse(p - ankle + vec2(-0.025, 0.032), vec2(0.062, 0.034)));
}

// A dog standing on y = 0, one unit tall, barking towards +x; `stride` swings its legs, `open` its jaw.
void hound(inout vec4 c, vec2 p, float scale, float stride, float open) {
    vec3 lit = 0.16 + 0.88 * light.fill;
    vec3 coat = coat_colour();
    vec3 pale = mix(coat, vec3(0.98, 0.93, 0.84), draws[33] < 0.65 ? 0.75 : 0.15);
    float fur = noise(turned(p, 0.5) * vec2(60.0, 18.0) + draws[34] * 30.0);
    float ragged = between(35, 0.002, 0.020) * (fur - 0.5);
    float patched = step(0.5, draws[36]) * smoothstep(0.54, 0.60, noise(p * 4.2 + draws[37] * 40.0));
    float sunward = (light.place.x - 0.5) * side(1) > 0.0 ? 1.0 : -1.0;

    over(c, vec3(0.0), 0.38 * softly(ellipse(p - vec2(-0.03, 0.01), vec2(0.56, 0.050)) * scale, 0.03 * scale));
    float far_legs = min(leg(p, vec2(0.20, 0.44), -stride, 0.3, 0.070), leg(p, vec2(-0.28, 0.46), stride, -1.0, 0.095));
    over(c, mix(coat, pale, smoothstep(0.22, 0.06, p.y)) * 0.52 * lit, inside(far_legs * scale));
    float wag = swing(2.7, 0.15) * 0.10 * presence;
    vec2 tip = vec2(-0.66 + wag, 0.86 + 0.04 * draws[38] - abs(wag));
    float tail = min(stroke(p, vec2(-0.42, 0.58), vec2(-0.58, 0.68), 0.055, 0.048), stroke(p, vec2(-0.58, 0.68), tip, 0.050, mix(0.018, 0.050, draws[39])));
    over(c, mix(coat, pale, smoothstep(0.72, 0.84, p.y)) * (0.72 + 0.3 * fur) * lit, inside((tail + 2.0 * ragged) * scale));

    float trunk = min(stroke(p, vec2(-0.29, 0.535), vec2(0.16, 0.53), 0.118, 0.170), min(ellipse(p - vec2(0.20, 0.51), vec2(0.205, 0.205)), ellipse(p - vec2(-0.30, 0.51), vec2(0.175, 0.175))));
    float neck = stroke(p, vec2(0.22, 0.58), vec2(0.40, 0.83), 0.150, 0.108);
    float body = min(trunk, neck) + ragged;
    float near_legs = min(leg(p, vec2(0.26, 0.42), stride, 0.3, 0.078), leg(p, vec2(-0.33, 0.47), -stride, -1.0, 0.108)) + 0.5 * ragged;
    float shade = 0.62 + 0.42 * smoothstep(0.30, 0.72, p.y + 0.12 * sunward * p.x);
    vec3 side_coat = mix(mix(coat, pale, 0.85 * patched), pale, smoothstep(0.44, 0.30, p.y + 0.25 * smoothstep(0.05, 0.30, p.x) * (p.y - 0.75)));
    side_coat *= shade * (0.84 + 0.30 * fur);
    over(c, side_coat * lit + light.sun * 0.14 * smoothstep(-0.05, 0.0, body) * smoothstep(0.55, 0.75, p.y), inside(body * scale));
    vec3 leg_coat = mix(coat, pale, smoothstep(0.24, 0.08, p.y)) * (0.68 + 0.30 * smoothstep(0.0, 0.5, p.y)) * (0.88 + 0.24 * fur);
    leg_coat = mix(leg_coat, side_coat * (0.90 + 0.10 * smoothstep(-0.06, 0.0, near_legs)), smoothstep(0.30, 0.48, p.y));
    over(c, leg_coat * lit, inside(near_legs * scale));

    // The head is thrown back with every bark.
    vec2 h = turned(p - vec2(0.40, 0.82), 0.05 + 0.22 * open) * (1.0 - 0.06 * draws[40]);
    float collar = max(abs(dot(p - vec2(0.325, 0.715), vec2(0.585, 0.811))) - 0.026, neck - 0.012);
    vec3 leather = draws[41] < 0.5 ? vec3(0.80, 0.10, 0.09) : draws[41] < 0.8 ? vec3(0.10, 0.34, 0.66) : vec3(0.16, 0.44, 0.20);
    over(c, leather * lit, inside(collar * scale));
    over(c, vec3(1.0, 0.80, 0.34) * lit, inside(disc(p - vec2(0.435, 0.625), 0.024) * scale));

    float nose_long = between(42, 0.26, 0.36);
    vec2 lower = vec2(nose_long - 0.045, -0.075 - 0.20 * open);
    float jaw = stroke(h, vec2(0.06, -0.045), lower, 0.066, 0.030);
    over(c, mix(pale, coat, 0.25) * 0.78 * lit, inside((jaw + 0.5 * ragged) * scale));
    vec2 upper = vec2(nose_long - 0.02, -0.03), hinge = vec2(0.09, -0.035);
    vec2 gape = h - hinge, roof = upper - hinge, bottom = lower - hinge, front = lower - upper;
    float mouth = max(max((gape.y * roof.x - gape.x * roof.y) / length(roof), (gape.x * bottom.y - gape.y * bottom.x) / length(bottom)),
                      ((h.x - upper.x) * -front.y + (h.y - upper.y) * front.x) / length(front) + 0.03);
    over(c, vec3(0.36, 0.05, 0.06) * (0.4 + 0.6 * lit), inside(mouth * scale) * smoothstep(0.05, 0.25, open));
    float tongue = stroke(h, vec2(0.12, -0.07 - 0.06 * open), lower + vec2(-0.035, 0.034), 0.028, 0.020);
    over(c, vec3(0.92, 0.42, 0.44) * (0.3 + 0.7 * lit), inside(tongue * scale) * smoothstep(0.15, 0.4, open));
    float teeth = min(taper(vec2(h.x - nose_long + 0.055, -h.y - 0.040), 0.014, 0.002, 0.045), taper(h - lower - vec2(-0.015, 0.022), 0.012, 0.002, 0.040));
    over(c, vec3(0.97, 0.95, 0.88) * lit, inside(teeth * scale) * smoothstep(0.15, 0.4, open));
    float skull = disc(h - vec2(0.055, 0.055), 0.132);
    float muzzle = stroke(h, vec2(0.09, 0.010), vec2(nose_long - 0.02, 0.000), 0.080, 0.048);
    float head = min(skull, muzzle) + 0.7 * ragged;
    vec3 face = mix(mix(coat, pale, 0.85 * patched), pale, smoothstep(0.10, 0.22, h.x) * step(0.35, draws[43]));
    face *= 0.74 + 0.36 * smoothstep(-0.06, 0.14, h.y) + 0.14 * (fur - 0.5);
    over(c, face * lit, inside(head * scale));
    over(c, vec3(0.05), inside(max(abs(h.y + 0.044 + 0.05 * (nose_long - h.x) * open) - 0.006, max(0.09 - h.x, h.x - nose_long)) * scale));
    over(c, vec3(0.06, 0.05, 0.05), inside(ellipse(h - vec2(nose_long + 0.012, 0.024), vec2(0.036, 0.030)) * scale));
    over(c, vec3(0.9), 0.6 * inside(disc(h - vec2(nose_long + 0.016, 0.036), 0.009) * scale));
    over(c, vec3(0.05, 0.03, 0.02), inside(ellipse(h - vec2(0.115, 0.085), vec2(0.026, 0.025)) * scale));
    over(c, vec3(0.95), inside(disc(h - vec2(0.122, 0.094), 0.008) * scale));

    float kind = draws[44];
    float flap = 0.5 * open + 2.0 * abs(stride);
    float ear = kind < 0.6 ? ellipse(turned(h - vec2(-0.035, 0.035), 0.25 - 0.55 * flap), vec2(0.062, between(45, 0.11, 0.17)))
                           : taper(turned(h - vec2(0.00, 0.13), 0.25 + 0.2 * open), 0.062, 0.008, 0.17);
    over(c, coat * mix(0.52, 0.72, step(0.6, kind)) * (0.85 + 0.3 * fur) * lit, inside((ear + 0.5 * ragged) * scale));
}

void thing(inout vec4 c, vec2 u) {
    float arrived = arrive(0.0, 0.80);
    float open = bark();
    float away = (1.0 - arrived) * (0.66 + 0.85 * size());
    vec2 p = vec2((u.x - paws().x) * side(1) + away, u.y - paws().y) / size();
    float gallop = (1.0 - arrived) * 14.0 / (0.4 + size());
    float running = 1.0 - smoothstep(0.85, 1.0, arrived);
    p.y -= running * 0.06 * abs(sin(gallop)) + 0.018 * open;
    p = turned(p, -0.03 * open);
    hound(c, p, size(), 0.22 * sin(gallop) * running, open);
}
