// Stream: water falling over stones through a green wood; near, it fills the picture and foams.

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

vec3 water(vec2 u, float depth, float across, float wild) {
    vec3 cool = mix(light.fill, vec3(0.8, 0.95, 1.05) * light.fill.g, 0.6);
    vec3 calm = mix(mix(light.zenith, light.horizon, 0.35), vec3(0.10, 0.42, 0.46), 0.6) * (0.25 + 0.80 * cool);
    vec2 q = vec2(across * 3.5, 3.2 * log(depth + 0.05)) * vec2(1.0, 1.7) + draws[10] * 40.0;
    float flow = fbm3(q * vec2(1.6, 1.0));
    vec3 c = calm * (0.55 + 0.9 * flow);
    float step_at = fract(3.0 * log(depth + 0.05) + draws[11] + 0.25 * noise(vec2(u.x * 5.0, draws[12] * 30.0)));
    float fall = smoothstep(0.0, 0.12, step_at) * falling(0.12, 0.30 + 0.45 * wild, step_at);
    float threads = noise(vec2(across * 9.0 + draws[13] * 30.0, depth * 4.0));
    float foam = fall * (0.55 + 0.7 * threads) + wild * smoothstep(0.52, 0.72, flow);
    vec3 white = vec3(0.93, 0.98, 1.0) * (0.25 + 0.8 * cool);
    return mix(c, white, clamp(foam, 0.0, 0.95));
}

vec3 stones(vec3 c, vec2 u, float horizon, float half_width) {
    for (int i = 0; i < 7; i++) {
        float y = horizon * pow(1.0 - draws[20 + i], 1.4);
        float depth = (horizon - y) / horizon;
        float reach = half_width * depth + 0.02;
        vec2 p = u - vec2(bend(y) + between(27 + i, -1.15, 1.15) * reach, y);
        float size = (0.03 + 0.14 * depth) * between(34 + i, 0.5, 1.1);
        float d = ellipse(p, vec2(size, size * 0.62)) + 0.25 * size * (noise(p / size * 2.0 + draws[41] * 30.0) - 0.5);
        float top = smoothstep(-0.3, 0.6, p.y / size + 0.3 * p.x / size);
        vec3 stone = mix(vec3(0.20, 0.21, 0.22), vec3(0.52, 0.52, 0.47), top);
        stone = mix(stone, vec3(0.28, 0.42, 0.14), 0.5 * top * step(0.5, draws[42])) * light.fill;
        c = mix(c, stone, inside(d));
        c = mix(c, vec3(0.9, 0.96, 1.0) * (0.2 + 0.75 * light.fill), 0.7 * softly(abs(length(p * vec2(0.8, 1.6) + vec2(0.0, size)) - size) - 0.006, 0.01) * step(p.y, -0.3 * size));
    }
    return c;
}

vec3 scene(vec2 u) {
    float horizon = between(14, 0.50, 0.62);
    vec3 leaf = season_leaf(15);
    vec3 mist = mix(light.horizon, vec3(0.74, 0.86, 0.66), 0.55) * (0.25 + 0.75 * light.fill);
    vec3 c = wood(u, leaf, mist);

    float depth = clamp((horizon - u.y) / horizon, 0.0, 1.0);
    float bank = horizon + 0.05 * (noise(vec2(u.x * 4.0, draws[16] * 40.0)) - 0.5);
    vec3 moss = mix(leaf, vec3(0.18, 0.30, 0.10), 0.5) * light.fill * (0.45 + 0.9 * fbm2(u * vec2(11.0, 24.0) + draws[17] * 40.0));
    c = mix(c, moss, inside(u.y - bank));
    for (int i = 0; i < 6; i++) {
        vec2 bush = vec2(between(43 + i, 0.0, 1.0), horizon + between(49 + i, -0.10, 0.02));
        float shade = 0.45 + 3.2 * clamp(u.y - bush.y + 0.07, 0.0, 0.2);
        c = mix(c, mix(leaf, vec3(0.30, 0.46, 0.12), 0.35) * light.fill * shade, inside(crown(u - bush, between(55 + i, 0.05, 0.11), draws[43 + i])));
    }

    float half_width = mix(0.17, 0.60, nearness);
    float wobble = 0.10 * (noise(vec2(u.y * 12.0, draws[18] * 40.0)) - 0.5) * depth;
    float across = (u.x - bend(u.y) + wobble) / (half_width * depth + 0.015);
    vec3 stream = water(u, depth, across, mix(0.15, 0.8, nearness));
    float edge = (abs(across) - 1.0) * (half_width * depth + 0.015);
    c = mix(c, vec3(0.12, 0.10, 0.07) * light.fill, softly(edge - 0.012, 0.02) * step(u.y, bank));
    c = mix(c, stream, inside(edge) * step(u.y, horizon));
    c = stones(c, u, horizon, half_width);
    float reeds = blades(vec2(u.x, u.y + 0.02), 17.0, 0.20, between(19, -0.5, 0.5), draws[61] * 20.0);
    return mix(c, mix(leaf, vec3(0.16, 0.26, 0.08), 0.6) * light.fill * (0.5 + 2.0 * u.y), reeds * step(1.2, abs(across)));
}
