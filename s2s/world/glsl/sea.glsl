// Sea: ranks of waves under a wide sky; near, they rise to breakers with foam.

// Peaked crests over broad troughs, no two of one height.
float crest(float x, float offset) {
    float swell = sqrt(0.02 + pow(sin(0.5 * x + 0.6 * sin(x * 0.37 + offset * TAU)), 2.0));
    float high = 0.35 + 0.65 * noise(vec2(x * 0.32, offset * 40.0));
    return high * max(1.06 - swell, 0.0) * (1.0 + 0.5 * swell);
}

vec3 water_colour(float depth) {
    vec3 far = mix(light.horizon, light.zenith, 0.45) * 0.85;
    vec3 deep = mix(vec3(0.01, 0.17, 0.27), vec3(0.03, 0.24, 0.24), draws[0]) * (0.35 + 0.75 * light.fill);
    return mix(far, deep, smoothstep(0.0, 0.6, depth));
}

float horizon_line() { return between(15, 0.42, 0.62); }

// How high the waves go now: they build up where there was a calm.
float rough_sea() { return mix(0.10, 1.0, nearness) * come(0.0, 1.0); }

vec3 glitter(vec2 u, float horizon, float depth) {
    float path = exp(-pow((u.x - light.place.x) / (0.06 + 0.35 * depth), 2.0));
    float spark = smoothstep(0.50, 0.78, noise(vec2(u.x * 22.0, depth * depth * 30.0 + 70.0 * depth + 1.2 * seconds) + draws[1] * 40.0));
    return light.sun * path * spark * (0.35 + 0.65 * (1.0 - light.day));
}

vec3 setting(vec2 u) {
    float horizon = horizon_line();
    vec3 c = sky(u, horizon);
    if (chance(18, 0.4)) {
        c = hills(c, u, horizon - 0.03, 0.15, 3.0, draws[17], mix(light.horizon, light.zenith, 0.6) * 0.7);
    }
    float depth = clamp((horizon - u.y) / horizon, 0.0, 1.0);
    float ripple = fbm2(vec2(u.x * mix(14.0, 5.0, depth), 55.0 * depth * (1.6 - depth) + 0.6 * seconds) + draws[14] * 40.0);
    vec3 water = water_colour(depth) * (0.72 + 0.55 * ripple);
    water = mix(water, mix(light.horizon, light.zenith, 0.3), 0.35 * smoothstep(0.45, 0.8, ripple) * (1.0 - 0.5 * depth));
    c = mix(c, water, inside(u.y - horizon));
    return c + glitter(u, horizon, depth) * step(u.y, horizon) * pow(1.0 - rough_sea(), 1.5);
}

// One rank of waves, from its crest line down until it is lost in the water before it.
void wave_rank(inout vec4 c, vec2 u, int rank, float horizon, float rough) {
    float depth = pow((float(rank) + 1.0) / 5.0, 1.6);
    float base = horizon * (1.0 - depth) + 0.02;
    float high = rough * depth * 0.44;
    float running = side(16) * seconds * mix(1.6, 0.9, depth);
    float x = (u.x - 0.5) * mix(24.0, 5.0, depth) + draws[2 + rank] * 30.0 - running;
    // The wind pushes the crests over: a pixel higher up belongs to water from further back.
    float pushed = x - side(16) * 0.9 * rough * max(u.y - base, 0.0) / max(high, 0.02);
    float heave = 1.0 + 0.12 * swing(0.23, draws[2 + rank]);
    float line = base + heave * high * crest(pushed, draws[8 + rank]) + 0.10 * high * noise(vec2(x * 2.6, draws[3] * 40.0));
    float under = line - u.y;

    vec3 body = water_colour(depth);
    vec3 clear = mix(vec3(0.10, 0.50, 0.50), vec3(0.20, 0.55, 0.40), draws[0]) * (0.25 + 0.8 * light.fill);
    float thin = falling(0.0, 0.04 + 0.7 * high, under);
    body = mix(body * 0.85, mix(body, clear, 0.35 + 0.6 * rough), thin);
    vec2 q = vec2(x * 1.1, under * mix(60.0, 16.0, depth)) + draws[14] * 40.0;
    float streak = fbm3(q);
    body *= 0.72 + 0.55 * streak;
    float lifted = (line - base) / max(high, 0.01);
    float cap = falling(0.0, (0.10 + 0.45 * rough * lifted) * high + 0.006, under - 0.12 * high * (streak - 0.3));
    float foam = cap * smoothstep(0.28, 0.60, lifted + 0.10 * rough) * smoothstep(0.25, 0.55, streak + 0.3 * rough);
    foam = max(foam, 0.7 * rough * smoothstep(0.60, 0.74, streak + 0.06 * lifted));
    vec3 white = mix(vec3(0.98), light.horizon, 0.12) * (0.30 + 0.75 * mix(light.fill, vec3(light.fill.g), 0.4));
    float lost = falling(0.5 * high, 1.4 * high + 0.01, under);
    over(c, mix(body, white, foam), inside(-under) * lost * come(0.0, 0.3));
}

void thing(inout vec4 c, vec2 u) {
    float horizon = horizon_line();
    float rough = rough_sea();
    for (int rank = 0; rank < 5; rank++) wave_rank(c, u, rank, horizon, rough);
}
