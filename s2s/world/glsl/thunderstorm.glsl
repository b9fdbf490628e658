// Thunderstorm: clouds lit from within, a bolt that strikes nearer and thicker, dark land or sea below.

vec3 storm_tint() {
    vec3 violet = mix(vec3(0.15, 0.17, 0.34), vec3(0.27, 0.15, 0.40), draws[0]);
    vec3 slate = vec3(0.24, 0.31, 0.36);
    return mix(violet, slate, 0.6 * light.day + 0.2 * light.gold) + light.gold * vec3(0.10, 0.03, 0.0);
}

vec3 clouds(vec2 u, vec2 strike, float power) {
    vec2 q = vec2(u.x * 1.9, u.y * 2.8) + vec2(draws[1], draws[2]) * 40.0;
    float mass = fbm4(q + 1.2 * noise(q * 1.3));
    vec3 c = storm_tint() * (0.30 + 1.7 * mass * mass);
    float lit = exp(-length((u - vec2(strike.x, 0.85)) * vec2(1.2, 1.0)) * 2.4);
    vec3 flash = mix(vec3(0.62, 0.66, 1.0), vec3(0.95, 0.74, 1.0), draws[3]);
    return c + flash * lit * power * smoothstep(0.28, 0.75, mass);
}

// Distance from the bolt that falls from (x, 1) towards foot.
float bolt_distance(vec2 u, vec2 head, vec2 foot, float wild, float row) {
    float t = clamp((head.y - u.y) / (head.y - foot.y), 0.0, 1.0);
    float path = mix(head.x, foot.x, t) + wild * (zigzag(u.y * 7.0 + row, row) - 0.5)
        + 0.35 * wild * (zigzag(u.y * 23.0, row + 5.0) - 0.5);
    float beyond = max(u.y - head.y, foot.y - u.y);
    return max(abs(u.x - path) * 0.9, beyond);
}

vec3 bolts(vec2 u, vec2 strike, float ground) {
    float thick = mix(0.004, 0.022, nearness * nearness);
    vec2 head = vec2(strike.x + between(4, -0.12, 0.12), 1.05);
    float d = bolt_distance(u, head, vec2(strike.x, ground), 0.22, floor(draws[5] * 90.0));
    float light_sum = falling(0.6 * thick, 1.6 * thick, d) + 0.55 * exp(-d / (2.5 * thick + 0.012));
    for (int i = 0; i < 3; i++) {
        vec2 fork = vec2(strike.x + between(6 + i, -0.05, 0.05), between(9 + i, 0.50, 0.95));
        vec2 end = fork + vec2(between(12 + i, -0.42, 0.42), -between(15 + i, 0.15, 0.40));
        float e = bolt_distance(u, fork, end, 0.14, floor(draws[18 + i] * 90.0));
        float thin = thick * 0.55;
        float arm = falling(0.5 * thin, 1.8 * thin, e) * 0.9 + 0.3 * exp(-e / (2.0 * thin + 0.008));
        light_sum += arm * step(float(i), 0.3 + 2.9 * max(nearness, draws[21]));
    }
    return mix(vec3(0.66, 0.62, 1.0), vec3(1.0), min(light_sum, 1.0)) * light_sum;
}

vec3 below(vec2 u, vec3 c, float ground, vec2 strike, float power) {
    vec3 tint = storm_tint();
    float near_strike = exp(-abs(u.x - strike.x) * 3.5) * power;
    if (chance(22, 0.5)) {
        float depth = max(ground - u.y, 0.0) / ground;
        vec2 q = vec2((u.x - 0.5) / (depth + 0.12), 2.2 / (depth + 0.12)) * 1.6 + draws[23] * 40.0;
        float wave = fbm3(q);
        vec3 sea = tint * (0.25 + 1.1 * wave) + vec3(0.7, 0.7, 1.0) * near_strike * smoothstep(0.45, 0.8, wave) * 0.6;
        return mix(c, sea, inside(u.y - ground));
    }
    float rise = 0.10 * (noise(vec2(u.x * 3.0, draws[24] * 40.0)) - 0.5);
    float trees = 0.07 * smoothstep(0.35, 0.8, noise(vec2(u.x * 11.0, draws[25] * 40.0)));
    vec3 land = tint * 0.22 + vec3(0.25, 0.24, 0.36) * near_strike * smoothstep(ground - 0.25, ground, u.y) * 0.8;
    return mix(c, land, inside(u.y - ground - rise - trees));
}

vec3 scene(vec2 u) {
    float ground = between(26, 0.14, 0.32);
    vec2 strike = vec2(between(27, 0.20, 0.80), ground);
    float power = mix(0.45, 1.35, nearness);
    vec3 c = clouds(u, strike, power);
    c += storm_tint() * 0.9 * exp(-max(u.y - ground, 0.0) * 6.0);
    float slant = between(28, -0.5, 0.5);
    float curtain = noise(vec2((u.x + u.y * slant) * 9.0 + draws[29] * 40.0, u.y * 0.8));
    c *= 1.0 - 0.45 * smoothstep(0.40, 0.75, curtain) * falling(0.35, 0.75, u.y);
    c = below(u, c, ground, strike, power);
    c += bolts(u, strike, ground - 0.02);
    return c + vec3(0.07, 0.06, 0.12) * nearness;
}
