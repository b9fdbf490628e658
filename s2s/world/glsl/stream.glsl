// Stream: water falling over stones through a green wood; near, it fills the picture and foams. Its bed falls dry.

float bend(float y) { return 0.5 + between(0, -0.16, 0.16) + between(1, 0.08, 0.22) * sin(y * between(2, 5.0, 8.0) + draws[3] * TAU); }

vec3 wood(vec2 u, vec3 leaf, vec3 mist) {
    vec3 c = mist * (0.75 + 0.45 * u.y);
    c += light.sun * 0.35 * exp(-length(u - vec2(between(62, 0.2, 0.8), 0.80)) * 3.0) * (0.3 + light.gold + 0.6 * light.day);
    for (int i = 0; i < 3; i++) {
        float near = float(i) / 2.0;
        float per_unit = 11.0 - 3.5 * float(i);
        float x = u.x * per_unit + draws[4 + i] * 40.0 + 0.2 * noise(vec2(u.y * 3.0, float(i)));
        float chosen = hash(vec2(floor(x), float(i)));
        float across = abs(fract(x) - 0.3 - 0.4 * chosen) - (0.07 + 0.10 * chosen);
        vec3 bark = mix(mist * 0.75, vec3(0.16, 0.11, 0.08) * light.fill, 0.35 + 0.6 * near);
        c = mix(c, bark, inside(across / per_unit) * step(0.35, chosen));
        float leaves = fbm3(u * (6.5 - 2.0 * near) + draws[7 + i] * 40.0);
        float canopy = smoothstep(0.02, 0.12, leaves - 0.78 + 0.75 * (u.y - 0.40));
        vec3 green = mix(mist, leaf * light.fill, 0.45 + 0.5 * near) * (0.45 + 1.1 * leaves);
        c = mix(c, green, canopy * 0.92);
    }
    return c;
}

float horizon_line() { return between(14, 0.50, 0.62); }

float half_width() { return mix(0.17, 0.60, nearness); }

float depth_at(vec2 u) { return clamp((horizon_line() - u.y) / horizon_line(), 0.0, 1.0); }

// Where u lies across the bed: -1 and 1 are its edges.
float across_bed(vec2 u, float depth) {
    float wobble = 0.10 * (noise(vec2(u.y * 12.0, draws[18] * 40.0)) - 0.5) * depth;
    return (u.x - bend(u.y) + wobble) / (half_width() * depth + 0.015);
}

vec3 dry_bed(vec2 u, float depth, float across) {
    vec2 q = vec2(across * 9.0, 16.0 * log(depth + 0.08)) + draws[10] * 40.0;
    float pebble = noise(q) * 0.6 + noise(q * 0.45) * 0.6;
    vec3 stone = mix(vec3(0.30, 0.25, 0.20), vec3(0.60, 0.55, 0.46), smoothstep(0.25, 0.85, pebble));
    float pool = smoothstep(0.58, 0.74, noise(vec2(across * 2.0, 7.0 * log(depth + 0.08)) + draws[13] * 30.0)) * falling(0.3, 0.9, abs(across));
    vec3 still = mix(light.zenith, light.horizon, 0.5) * 0.75;
    return mix(stone * light.fill * (1.05 - 0.35 * abs(across)), still, 0.75 * pool);
}

// Stones stand in the bed and before the water, which foams at their feet where it is wet.
void stones(inout vec4 c, vec2 u, int count, float wet) {
    float horizon = horizon_line();
    float rough = noise(u * 15.0 + draws[41] * 30.0);
    for (int i = 0; i < count; i++) {
        float y = horizon * pow(1.0 - draws[20 + i], 1.4);
        float depth = (horizon - y) / horizon;
        float reach = half_width() * depth + 0.02;
        vec2 p = u - vec2(bend(y) + between(27 + i, -1.15, 1.15) * reach, y);
        float size = (0.03 + 0.14 * depth) * between(34 + i, 0.5, 1.1);
        float d = ellipse(p, vec2(size, size * 0.62)) + 0.25 * size * (rough - 0.5);
        float top = smoothstep(-0.3, 0.6, p.y / size + 0.3 * p.x / size);
        vec3 stone = mix(vec3(0.20, 0.21, 0.22), vec3(0.52, 0.52, 0.47), top);
        stone = mix(stone, vec3(0.28, 0.42, 0.14), 0.5 * top * step(0.5, draws[42])) * light.fill * (0.8 + 0.4 * rough);
        hide(c, stone, inside(d));
        float ring = abs(length(p * vec2(0.8, 1.6) + vec2(0.0, size)) - size - 0.05 * size * swing(1.1, draws[20 + i])) - 0.006;
        float foam = 0.7 * softly(ring, 0.01) * falling(-0.5 * size, -0.1 * size, p.y) * wet;
        hide(c, vec3(0.9, 0.96, 1.0) * (0.2 + 0.75 * light.fill), foam);
    }
}

vec3 setting(vec2 u) {
    float horizon = horizon_line();
    vec3 leaf = season_leaf(15);
    vec3 mist = mix(light.horizon, vec3(0.74, 0.86, 0.66), 0.55) * (0.25 + 0.75 * light.fill);
    vec3 c = wood(u, leaf, mist);

    float bank = horizon + 0.05 * (noise(vec2(u.x * 4.0, draws[16] * 40.0)) - 0.5);
    vec3 moss = mix(leaf, vec3(0.18, 0.30, 0.10), 0.5) * light.fill * (0.45 + 0.9 * fbm2(u * vec2(11.0, 24.0) + draws[17] * 40.0));
    c = mix(c, moss, inside(u.y - bank));
    float leaves = fbm2(u * 32.0 + draws[43] * 40.0);
    for (int i = 0; i < 6; i++) {
        vec2 bush = vec2(between(43 + i, 0.0, 1.0), horizon + between(49 + i, -0.10, 0.02));
        float shade = (0.45 + 3.2 * clamp(u.y - bush.y + 0.07, 0.0, 0.2)) * (0.66 + 0.64 * leaves);
        c = mix(c, mix(leaf, vec3(0.30, 0.46, 0.12), 0.35) * light.fill * shade, inside(length(u - bush) - between(55 + i, 0.05, 0.11) * (0.72 + 0.55 * leaves)));
    }

    float depth = depth_at(u);
    float across = across_bed(u, depth);
    float edge = (abs(across) - 1.0) * (half_width() * depth + 0.015);
    c = mix(c, vec3(0.12, 0.10, 0.07) * light.fill, softly(edge - 0.012, 0.02) * step(u.y, bank));
    c = mix(c, dry_bed(u, depth, across), inside(edge) * step(u.y, horizon));
    vec4 with_stones = vec4(c, 1.0);
    stones(with_stones, u, presence > 0.0 ? 0 : 7, 0.0);
    float reeds = blades(vec2(u.x, u.y + 0.02), 17.0, 0.20, between(19, -0.5, 0.5) + 0.06 * swing(0.4, u.x), draws[61] * 20.0);
    return mix(with_stones.rgb, mix(leaf, vec3(0.16, 0.26, 0.08), 0.6) * light.fill * (0.5 + 2.0 * u.y), reeds * step(1.2, abs(across)));
}

vec3 water(vec2 u, float depth, float across, float wild) {
    vec3 cool = mix(light.fill, vec3(0.8, 0.95, 1.05) * light.fill.g, 0.6);
    vec3 calm = mix(mix(light.zenith, light.horizon, 0.35), vec3(0.10, 0.42, 0.46), 0.6) * (0.25 + 0.80 * cool);
    vec2 q = vec2(across * 3.5, 3.2 * log(depth + 0.05) - 0.9 * seconds) * vec2(1.0, 1.7) + draws[10] * 40.0;
    float flow = fbm3(q * vec2(1.6, 1.0));
    vec3 c = calm * (0.55 + 0.9 * flow);
    float step_at = fract(3.0 * log(depth + 0.05) + draws[11] + 0.25 * noise(vec2(u.x * 5.0, draws[12] * 30.0)));
    float fall = smoothstep(0.0, 0.12, step_at) * falling(0.12, 0.30 + 0.45 * wild, step_at);
    float threads = noise(vec2(across * 9.0 + draws[13] * 30.0, depth * 4.0 - 3.0 * seconds));
    float foam = fall * (0.55 + 0.7 * threads) + wild * smoothstep(0.52, 0.72, flow);
    vec3 white = vec3(0.93, 0.98, 1.0) * (0.25 + 0.8 * cool);
    return mix(c, white, clamp(foam, 0.0, 0.95));
}

void thing(inout vec4 c, vec2 u) {
    // The water comes down the bed from the wood, a thread first, then from bank to bank.
    float depth = depth_at(u);
    float across = across_bed(u, depth);
    float wide = mix(0.25, 1.0, come(0.1, 1.0)) * (half_width() * depth + 0.015);
    float edge = abs(across) * (half_width() * depth + 0.015) - wide;
    float arrived = falling(0.0, 0.2, depth - 1.3 * come(0.0, 0.6));
    float wet = inside(edge) * step(u.y, horizon_line()) * arrived;
    over(c, water(u, depth, across, mix(0.15, 0.8, nearness)), wet);
    stones(c, u, 7, wet);
}
