// Crowd: rank upon rank of people before a bright stage; near, heads and raised hands fill the picture.

vec3 stage_colour(int i) { return 0.55 + 0.45 * cos(TAU * (draws[i] + vec3(0.0, 0.33, 0.67))); }

vec3 stage(vec2 u, float floor_y) {
    vec3 first = stage_colour(0), second = stage_colour(1);
    vec3 dusk = mix(light.horizon, light.zenith, smoothstep(0.4, 1.0, u.y));
    vec3 c = mix(dusk, mix(vec3(0.10, 0.03, 0.16), second * 0.4, 0.4), 0.35 + 0.5 * light.night);
    c += mix(first, vec3(1.0, 0.75, 0.5), 0.4) * 0.65 * exp(-length((u - vec2(0.5, floor_y + 0.05)) * vec2(0.8, 1.6)) * 3.0);
    for (int i = 0; i < 5; i++) {
        vec2 p = u - vec2(0.1 + 0.2 * float(i) + between(2 + i, -0.06, 0.06), 1.02);
        float angle = between(7 + i, -0.55, 0.55);
        float away = abs(p.x - tan(angle) * p.y) / (0.02 - 0.16 * p.y);
        vec3 beam = mix(i % 2 == 0 ? first : second, vec3(1.0), 0.2);
        c += beam * falling(0.2, 1.0, away) * (0.22 + 0.30 * light.night) * exp(p.y * 0.8);
    }
    return c;
}

vec3 clothes(float chosen) {
    vec3 bright = 0.50 + 0.42 * cos(TAU * (chosen * 1.7 + vec3(0.0, 0.30, 0.62)));
    return mix(bright, vec3(0.86, 0.82, 0.78), step(0.82, chosen));
}

// One rank of people seen from behind, heads of the given radius at the height of line.
vec3 rank_of_people(vec3 c, vec2 u, float line, float head, float depth, float offset) {
    float pitch = head * 2.75;
    float x = u.x / pitch + offset * 30.0;
    float cell = floor(x);
    float chosen = hash(vec2(cell, offset * 50.0));
    float other = hash(vec2(offset * 40.0, cell + 3.0));
    vec2 p = vec2((fract(x) - 0.5) * pitch + 0.25 * head * (chosen - 0.5), u.y - line - 0.9 * head * (other - 0.5));
    vec3 lit = mix(light.fill, vec3(0.9, 0.75, 0.8), 0.45) * (0.45 + 0.55 * depth);
    vec3 haze = mix(stage_colour(0), vec3(0.8, 0.6, 0.5), 0.5) * 0.6;

    float shoulders = max(ellipse(p + vec2(0.0, 2.1 * head), vec2(1.42 * head, 1.25 * head)), -p.y - 6.0 * head);
    shoulders = min(shoulders, box(p + vec2(0.0, 5.1 * head), vec2(1.42 * head, 3.0 * head)));
    vec3 cloth = mix(haze, clothes(chosen) * lit, 0.45 + 0.55 * depth);
    c = mix(c, cloth * (0.80 + 0.35 * smoothstep(-2.5 * head, -0.8 * head, p.y)), inside(shoulders));
    float arm_side = other < 0.5 ? -1.0 : 1.0;
    vec2 a = vec2(p.x * arm_side, p.y);
    float arm = stroke(a, vec2(1.10, -1.7) * head, vec2(0.95 + 0.4 * chosen, 1.5) * head, 0.30 * head, 0.22 * head);
    arm = min(arm, disc(a - vec2(0.95 + 0.4 * chosen, 1.7) * head, 0.32 * head));
    vec3 skin = mix(vec3(0.95, 0.74, 0.58), vec3(0.48, 0.30, 0.20), other) * lit;
    c = mix(c, mix(haze, skin, 0.5 + 0.5 * depth), inside(arm) * step(chosen * 0.99, 0.25 + 0.35 * nearness));
    vec3 hair = mix(vec3(0.12, 0.08, 0.06), vec3(0.62, 0.40, 0.18), other * other) * lit;
    c = mix(c, mix(haze, skin, 0.5 + 0.5 * depth), inside(box(p + vec2(0.0, head), vec2(0.36, 0.4) * head)));
    vec3 rim = mix(haze, hair, 0.5 + 0.5 * depth) + stage_colour(0) * 0.35 * smoothstep(0.2 * head, head, p.y);
    return mix(c, rim, inside(ellipse(p, vec2(0.86, 1.05) * head)));
}

vec3 scene(vec2 u) {
    float floor_y = between(12, 0.56, 0.70);
    vec3 c = stage(u, floor_y);
    float nearest = mix(0.042, 0.115, nearness);
    for (int i = 0; i < 6; i++) {
        float depth = float(i) / 5.0;
        float head = mix(0.018, nearest, depth * (0.4 + 0.6 * depth));
        float line = mix(floor_y, mix(0.16, 0.22, nearness), pow(depth, 1.15));
        c = rank_of_people(c, u, line, head, depth, draws[13 + i]);
    }
    return c;
}
