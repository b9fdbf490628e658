// Sea: ranks of waves under a wide sky; near, they rise to breakers with foam.

float crest(float x, float sharp, float offset) {
    float swell = sin(x + 0.9 * sin(x * 0.43 + offset * TAU));
    return pow(0.5 + 0.5 * swell, sharp);
}

vec3 water_colour(float depth) {
    vec3 far = mix(light.horizon, light.zenith, 0.45) * 0.85;
    vec3 deep = mix(vec3(0.01, 0.17, 0.27), vec3(0.03, 0.24, 0.24), draws[0]) * (0.35 + 0.75 * light.fill);
    return mix(far, deep, smoothstep(0.0, 0.6, depth));
}

vec3 glitter(vec2 u, float horizon, float depth) {
    float path = exp(-pow((u.x - light.place.x) / (0.06 + 0.35 * depth), 2.0));
    float spark = smoothstep(0.50, 0.78, noise(vec2(u.x * 22.0, depth * depth * 30.0 + 70.0 * depth) + draws[1] * 40.0));
    return light.sun * path * spark * (0.35 + 0.65 * (1.0 - light.day));
}

// One rank of waves, from its crest line down.
vec3 wave_rank(vec3 c, vec2 u, int rank, float horizon, float rough) {
    float depth = pow((float(rank) + 1.0) / 6.0, 1.6);
    float base = horizon * (1.0 - depth) + 0.02;
    float high = rough * depth * 0.34;
    float x = (u.x - 0.5) * mix(26.0, 5.0, depth) + draws[2 + rank] * 30.0;
    float line = base + high * crest(x, 1.7, draws[8 + rank]) + 0.15 * high * noise(vec2(x * 2.0, draws[3] * 40.0));
    float under = line - u.y;

    vec3 body = water_colour(depth);
    vec3 clear = mix(vec3(0.10, 0.50, 0.50), vec3(0.20, 0.55, 0.40), draws[0]) * (0.25 + 0.8 * light.fill);
    float thin = falling(0.0, 0.05 + 0.5 * high, under);
    body = mix(body * 0.8, mix(body, clear, 0.25 + 0.6 * rough), thin);
    vec2 q = vec2(x * 1.1, under * mix(60.0, 16.0, depth)) + draws[14] * 40.0;
    float streak = fbm3(q);
    body *= 0.72 + 0.55 * streak;
    float cap = falling(0.0, (0.12 + 0.40 * rough) * high + 0.006, under - 0.05 * high * streak);
    float foam = cap * smoothstep(0.62 - 0.55 * rough, 0.80 - 0.30 * rough, streak + 0.15 * (line - base) / max(high, 0.01));
    foam = max(foam, 0.6 * rough * smoothstep(0.62, 0.74, streak));
    vec3 white = mix(vec3(0.97), light.horizon, 0.25) * (0.25 + 0.8 * light.fill);
    return mix(c, mix(body, white, foam), inside(-under));
}

vec3 scene(vec2 u) {
    float horizon = between(15, 0.42, 0.62);
    float rough = mix(0.10, 1.0, nearness);
    vec3 c = sky(u, horizon);
    if (chance(16, 0.4)) {
        c = hills(c, u, horizon - 0.03, 0.15, 3.0, draws[17], mix(light.horizon, light.zenith, 0.6) * 0.7);
    }
    float depth = clamp((horizon - u.y) / horizon, 0.0, 1.0);
    c = mix(c, water_colour(depth) * (0.85 + 0.3 * noise(vec2(u.x * 8.0, u.y * 90.0))), inside(u.y - horizon));
    for (int rank = 0; rank < 6; rank++) c = wave_rank(c, u, rank, horizon, rough);
    return c + glitter(u, horizon, depth) * step(u.y, horizon) * (1.0 - 0.5 * rough);
}
