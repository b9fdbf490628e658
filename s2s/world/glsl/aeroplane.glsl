// Aeroplane: a jet above a sea of clouds or low over the fields it comes home to; near, it fills the sky.

vec3 livery() {
    float pick = draws[0] * 5.0;
    return pick < 1.0 ? vec3(0.86, 0.10, 0.14) : pick < 2.0 ? vec3(0.08, 0.22, 0.56) : pick < 3.0 ? vec3(0.98, 0.66, 0.10)
        : pick < 4.0 ? vec3(0.10, 0.50, 0.42) : vec3(0.46, 0.12, 0.44);
}

// Heaps of cloud seen from above, rank before rank, their tops in the light.
vec3 cloud_sea(vec3 c, vec2 u, float horizon) {
    vec2 to_sun = vec2(clamp(1.5 * (light.place.x - u.x), -0.25, 0.25), 0.35);
    for (int i = 0; i < 4; i++) {
        float near = float(i) / 3.0;
        float grain = mix(9.0, 2.2, near);
        vec2 q = vec2(u.x * grain + draws[1 + i] * 40.0 + 0.05 * grain * seconds * (0.2 + near), u.y * grain * 1.1);
        float heap = fbm3(vec2(q.x * 0.8, float(i) * 7.0 + draws[5] * 20.0));
        float top = mix(horizon, 0.02, near * near) + 0.30 * (heap - 0.45) / (0.35 * grain + 0.6) + 0.05 * near;
        float puff = fbm3(q);
        float depth = top - u.y + 0.10 * (puff - 0.5) * (0.3 + near);
        float lit = smoothstep(-0.16, 0.16, puff - fbm2(q + to_sun)) * 0.55 + 0.75 * exp(-max(depth, 0.0) * mix(26.0, 9.0, near));
        vec3 bright = mix(light.fill, light.sun, 0.5) * (0.80 + 0.28 * light.day) + 0.03;
        vec3 shaded = mix(light.zenith, light.horizon, 0.50) * 0.80;
        vec3 cloud = hazed(mix(shaded, bright, clamp(lit, 0.0, 1.0)), 0.50 * (1.0 - near));
        c = mix(c, cloud, smoothstep(-0.006, mix(0.008, 0.035, near), depth));
    }
    return c;
}

// Fields and hedges below the horizon, a lit runway running towards it.
vec3 fields(vec3 c, vec2 u, float horizon) {
    c = hills(c, u, horizon - 0.01, 0.10, 3.0, draws[6], hazed(vec3(0.30, 0.38, 0.32) * light.fill, 0.55));
    float depth = max(horizon - u.y, 0.002);
    vec2 q = vec2((u.x - 0.5) / (depth + 0.03), 0.8 / (depth + 0.03));
    q = turned(q, between(7, -0.5, 0.5)) * 0.55 + draws[8] * 30.0;
    vec2 cell = floor(q + 0.30 * noise(q * 0.7));
    float chosen = hash(cell);
    vec3 crop = mix(mix(vec3(0.34, 0.48, 0.16), vec3(0.76, 0.64, 0.24), chosen), season_leaf(9), 0.35);
    crop *= 0.75 + 0.35 * noise(q * vec2(1.0, 9.0));
    vec2 hedge = abs(fract(q + 0.30 * noise(q * 0.7)) - 0.5);
    crop = mix(crop, crop * 0.45, smoothstep(0.46, 0.48, max(hedge.x, hedge.y)));
    vec3 land = hazed(crop * light.fill, 0.65 * falling(0.0, 0.25, depth));
    float far = 1.0 / (depth + 0.02);
    float x = (u.x - between(10, 0.3, 0.7)) * far;
    vec3 tar = vec3(0.30, 0.30, 0.32) * light.fill;
    land = mix(land, hazed(tar, 0.3), softly(abs(x) - 0.55, 0.02) * step(0.5, draws[11]));
    land = mix(land, vec3(0.9) * light.fill, inside((abs(x) - 0.03) * depth) * step(0.5, fract(far * 0.7)) * step(0.5, draws[11]));
    float lamps = mound((abs(x) - 0.62) * 16.0) * smoothstep(0.6, 1.0, sin(far * 9.0)) * step(0.5, draws[11]);
    land += vec3(1.0, 0.76, 0.36) * lamps * (light.night + 0.6 * light.gold);
    vec2 lot = fract(q * 6.0) - 0.2 - 0.6 * hash2(floor(q * 6.0));
    float windows = step(0.72, hash(floor(q * 6.0) + 5.0)) * exp(-dot(lot, lot) * 40.0) * falling(0.10, 0.5, depth);
    land += vec3(1.0, 0.70, 0.34) * windows * light.night;
    return mix(c, land, inside(u.y - horizon));
}

vec3 setting(vec2 u) {
    bool high = chance(12, 0.55);
    float horizon = (high ? between(13, 0.30, 0.46) : between(13, 0.18, 0.30)) * mix(1.1, 0.7, nearness);
    vec3 c = cloudy_sky(u, horizon, high ? 0.35 * draws[14] : draws[14]);
    return high ? cloud_sea(c, u, horizon) : fields(c, u, horizon);
}

// A swept wing as a flat shape from its root to its tip, `chord` wide at the root; distance.
float wing_shape(vec2 p, vec2 root, vec2 tip, float chord, float end) {
    vec2 along = tip - root;
    float t = clamp(dot(p - root, along) / dot(along, along), 0.0, 1.0);
    float lead = mix(root.x, tip.x, t);
    float width = mix(chord, end, t);
    float across = abs(p.x - lead + 0.5 * width) - 0.5 * width;
    float span = (p.y - root.y) / along.y;
    return max(across * 0.75, max(-span, span - 1.0) * abs(along.y));
}

float engine(vec2 p, vec2 at_engine) { return ellipse(p - at_engine, vec2(0.115, 0.050)); }

// The aeroplane around p = (0, 0), nose towards +x, from -1 to 1; the far wing and tail behind, the near before.
void airliner(inout vec4 c, vec2 p, float scale, float bank) {
    vec3 lit = 0.20 + 0.84 * light.fill;
    vec3 metal = mix(vec3(0.95, 0.96, 0.98), vec3(0.72, 0.76, 0.82), draws[15]) * lit;
    vec3 under = mix(metal * 0.55, light.horizon, 0.25);
    float spread = mix(0.55, 1.0, bank);

    float far_wing = wing_shape(p, vec2(0.16, 0.00), vec2(-0.22, 0.46 * spread), 0.34, 0.07);
    float far_tail = wing_shape(p, vec2(-0.74, 0.04), vec2(-0.93, 0.20 * spread), 0.17, 0.06);
    over(c, metal * 0.66, inside(min(far_wing, far_tail) * scale));
    over(c, metal * 0.60, inside(engine(p, vec2(0.10, 0.14 * spread)) * scale));

    float t = clamp((p.x + 1.0) * 0.5, 0.0, 1.0);
    float half_high = 0.118 * pow(smoothstep(1.02, 0.80, t), 0.5) * mix(0.16, 1.0, smoothstep(-0.02, 0.36, t));
    float lift = 0.06 * smoothstep(0.36, 0.0, t) - 0.02 * smoothstep(0.86, 1.0, t);
    float hull = max(abs(p.y - lift) - half_high, abs(p.x) - 1.0) * 0.8;
    float fin = wing_shape(p, vec2(-0.62, 0.06), vec2(-0.90, 0.44), 0.30, 0.13);
    vec3 mark = livery() * lit;
    over(c, mix(mark, mark * 0.7, step(0.26, p.y)) * (0.85 + 0.5 * (p.y - 0.1)), inside(fin * scale));

    float round = (p.y - lift) / max(half_high, 0.01);
    vec3 skin = mix(under, metal * 1.06, smoothstep(-0.95, 0.35, round)) + light.sun * 0.22 * mound((round - 0.55) * 3.5);
    float belt = draws[16] < 0.5 ? abs(round + 0.28) - 0.11 : round + 0.42 + 0.9 * smoothstep(-0.45, -0.75, p.x) * -1.0;
    skin = mix(skin, mark * (0.75 + 0.3 * round), inside(belt * 0.1 * scale));
    float window = max(abs(fract(p.x * 26.0) - 0.5) - 0.22, (abs(round - 0.16) - 0.13) * 3.0) * 0.03;
    vec3 glass = mix(vec3(0.16, 0.20, 0.28) * lit, vec3(1.0, 0.86, 0.52), light.night + 0.5 * light.gold);
    skin = mix(skin, glass, inside(window * scale) * step(abs(p.x - 0.03), 0.72));
    float cockpit = max(abs(round - 0.34) - 0.17, abs(p.x - 0.875) - 0.045) * 0.1;
    skin = mix(skin, vec3(0.08, 0.11, 0.18) + 0.3 * light.zenith, inside(cockpit * scale));
    over(c, skin, inside(hull * scale));

    float near_wing = wing_shape(p, vec2(0.20, -0.05), vec2(-0.40, -0.05 - 0.40 * spread), 0.42, 0.09);
    float tilt = smoothstep(-0.05, -0.05 - 0.40 * spread, p.y);
    float near_tail = wing_shape(p, vec2(-0.74, 0.03), vec2(-0.98, 0.03 - 0.16 * spread), 0.18, 0.06);
    over(c, metal * 0.50, inside(engine(p, vec2(0.02, -0.235 * spread)) * scale));
    over(c, mix(metal * 0.96, metal * 0.72, tilt) * (0.9 + 0.2 * step(abs(fract((p.x + 1.5 * p.y) * 5.0) - 0.5), 0.46)), inside(min(near_wing, near_tail) * scale));
    over(c, mark * 0.9, inside(max(near_wing, -p.y - 0.05 - 0.34 * spread) * scale) * step(p.y, -0.05 - 0.34 * spread));
    float cowl = engine(p, vec2(0.08, -0.225 * spread));
    over(c, mix(metal * 0.62, metal, smoothstep(-0.04, 0.04, p.y + 0.225 * spread)), inside(cowl * scale));
    over(c, vec3(0.10, 0.11, 0.14), inside(ellipse(p - vec2(0.178, -0.225 * spread), vec2(0.016, 0.040)) * scale));
}

void trails(inout vec4 c, vec2 p, float scale) {
    float back = max(-p.x - 0.25, 0.0);
    float wide = 0.028 + 0.030 * sqrt(back);
    float wander = 0.05 * (noise(vec2(back * 1.6 - seconds * 0.8 + draws[17] * 30.0, 2.0)) - 0.5) * back;
    float two = min(abs(p.y - 0.10 - wander), abs(p.y + 0.20 - wander));
    float puff = noise(vec2(p.x * 6.0 + seconds * 3.0, p.y * 14.0) + draws[18] * 30.0);
    float density = falling(0.2, 1.0, two / wide + 0.5 * (puff - 0.5)) * step(0.001, back) * falling(2.0, 6.5, back);
    over(c, mix(light.fill, light.horizon, 0.25) * 1.02, 0.80 * density * step(draws[19], 0.6) * smoothstep(0.0, 0.2, back));
}

// The aeroplane coming straight at us with its wheels out, its wings reaching from -1 to 1.
void coming(inout vec4 c, vec2 p, float scale) {
    vec3 lit = 0.20 + 0.84 * light.fill;
    vec3 metal = mix(vec3(0.95, 0.96, 0.98), vec3(0.74, 0.78, 0.84), draws[15]) * lit;
    vec2 q = vec2(abs(p.x), p.y);
    float fin = taper(p - vec2(0.0, 0.08), 0.030, 0.012, 0.42);
    over(c, livery() * lit * 0.9, inside(fin * scale));
    float planes = min(stroke(q, vec2(0.05, -0.05), vec2(0.99, 0.10), 0.042, 0.008), stroke(q, vec2(0.03, 0.13), vec2(0.38, 0.17), 0.020, 0.006));
    over(c, metal * (0.62 + 2.0 * clamp(p.y - 0.15 * q.x + 0.06, -0.05, 0.1)), inside(planes * scale));
    float legs = min(stroke(q, vec2(0.17, -0.06), vec2(0.19, -0.27), 0.012, 0.012), stroke(q, vec2(0.0, -0.1), vec2(0.0, -0.27), 0.010, 0.010));
    float tyres = min(box(q - vec2(0.19, -0.29), vec2(0.042, 0.048)), box(q - vec2(0.0, -0.285), vec2(0.024, 0.036)));
    over(c, vec3(0.11, 0.11, 0.13), inside(min(legs, tyres) * scale));
    vec2 e = q - vec2(0.40, -0.085);
    over(c, mix(metal * 0.7, metal, smoothstep(-0.08, 0.08, e.y)), inside(disc(e, 0.078) * scale));
    float blades_lit = 0.5 + 0.5 * sin(atan(e.y, e.x) * 9.0 + seconds * 40.0);
    over(c, vec3(0.10, 0.11, 0.14) + 0.14 * blades_lit * light.fill, inside(disc(e, 0.060) * scale));
    float round = length(p) / 0.145;
    vec3 nose = mix(metal * 1.08, metal * 0.58, smoothstep(0.3, 1.0, length(p - vec2(-0.02, 0.04)) / 0.16)) * (0.85 + 1.2 * clamp(p.y, -0.1, 0.1));
    nose = mix(nose, livery() * lit, step(0.5, draws[16]) * step(p.y, -0.055));
    over(c, nose, inside((round - 1.0) * 0.145 * scale));
    float panes = max(abs(p.y - 0.062) - 0.020, q.x - 0.078) + 0.004 * step(abs(fract(p.x * 26.0 + 0.5) - 0.5), 0.10);
    over(c, vec3(0.06, 0.08, 0.14) + 0.35 * light.zenith, inside(panes * scale));
    float bright = 0.55 + 0.6 * light.night + 0.3 * light.gold;
    shine(c, glow((q - vec2(0.145, -0.045)) * scale, 0.035 + 0.05 * scale, vec3(1.0, 0.95, 0.80)) * bright);
    shine(c, glow((p - vec2(0.0, -0.20)) * scale, 0.02 + 0.04 * scale, vec3(1.0, 0.95, 0.80)) * bright);
}

void passing(inout vec4 c, vec2 u) {
    float scale = mix(0.17, 0.50, nearness);
    vec2 rest = mix(vec2(between(20, 0.32, 0.68), between(21, 0.60, 0.78)), vec2(0.5, 0.60), nearness);
    float facing = side(22);
    // It flies in from behind and on through the picture, slowly where it is far.
    float arrived = 1.0 - arrive(0.0, 1.0);
    float along = -arrived * (0.62 + 1.25 * scale) + 0.008 * (1.0 + nearness) * (seconds - 5.0);
    vec2 p = u - rest;
    p = turned(vec2(p.x * facing, p.y), between(23, -0.10, 0.22));
    p = (p - vec2(along, 0.006 * sin(seconds * 1.7 + draws[24] * TAU))) / scale;
    trails(c, p, scale);
    airliner(c, turned(p, 0.03 * sin(seconds * 0.9)), scale, draws[25]);
    float dark = 0.25 + light.night + 0.6 * light.gold;
    float blink = step(fract(seconds * 1.1 + draws[26]), 0.25);
    vec2 tip = vec2(-0.42, -0.05 - 0.40 * mix(0.55, 1.0, draws[25]));
    shine(c, glow((p - tip) * scale, 0.022 + 0.03 * scale, facing > 0.0 ? vec3(0.2, 1.0, 0.4) : vec3(1.0, 0.15, 0.10)) * dark);
    shine(c, glow((p - vec2(-0.16, -0.12)) * scale, 0.02 + 0.04 * scale, vec3(1.0, 0.25, 0.2)) * blink * dark);
    shine(c, glow((p - vec2(0.30, -0.06)) * scale, 0.03 + 0.06 * scale, vec3(1.0, 0.95, 0.8)) * (light.night + 0.4 * light.gold) * 0.7);
}

void arriving(inout vec4 c, vec2 u) {
    float scale = mix(0.15, 0.56, nearness) * (1.0 + 0.02 * (seconds - 5.0));
    vec2 rest = mix(vec2(between(20, 0.32, 0.68), between(21, 0.58, 0.76)), vec2(0.5, 0.58), nearness);
    // Out of the upper corner, banking, and level before us.
    float arrived = 1.0 - arrive(0.0, 1.0);
    vec2 p = u - rest - arrived * vec2(side(22) * (0.6 + scale), 0.40 + 0.3 * scale);
    p = turned(p, -0.6 * side(22) * arrived + 0.05 * sin(seconds * 1.1 + draws[24] * TAU));
    coming(c, p / scale, scale);
}

void thing(inout vec4 c, vec2 u) {
    if (chance(27, 0.3)) arriving(c, u); else passing(c, u);
}
