// Rain: a wet street in grey light, lamps and their long reflections, a walker under a bright umbrella.

const float KERB = 0.40;

vec3 mist() { return mix(vec3(0.54, 0.63, 0.68), light.horizon, 0.15) * mix(light.fill, vec3(0.72, 0.80, 0.86), 0.38); }

// squash draws the lamps out into the long reflections of a wet street.
vec3 street_front(vec2 u, float squash) {
    float height = clamp((u.y - KERB) / (1.0 - KERB), 0.0, 1.0);
    vec3 cloud = mist() * (0.62 + 0.5 * fbm3(vec2(u.x * 2.5, u.y * 4.0) + draws[0] * 40.0));
    vec3 c = mix(mist(), cloud, smoothstep(0.1, 0.6, height));
    for (int i = 0; i < 3; i++) {
        float per_unit = 4.5 - float(i);
        float x = u.x * per_unit + draws[1 + i] * 30.0;
        float tall = hash(vec2(floor(x), float(i) + 3.0));
        float roof = 0.10 * abs(fract(x) - 0.5) * step(0.5, draws[4]);
        float top = KERB + (0.12 + 0.30 * tall) * (0.75 + 0.20 * float(i)) - roof;
        vec3 wall = mix(mist(), vec3(0.12, 0.16, 0.19) * light.fill, 0.22 + 0.20 * float(i));
        c = mix(c, wall, inside(u.y - top));
    }
    for (int i = 0; i < 4; i++) {
        vec2 lamp = vec2(between(8 + i, 0.04, 0.96), KERB + between(12 + i, 0.08, 0.24));
        vec3 warm = mix(vec3(1.0, 0.62, 0.24), vec3(1.0, 0.86, 0.58), draws[16 + i]);
        c += glow((u - lamp) * vec2(1.0, squash), 0.06, warm) * (0.45 + 0.55 * (1.0 - light.day)) * step(float(i), 1.0 + 3.0 * draws[20]);
    }
    return c;
}

// The walker stands on p = (0, 0) and is one unit tall, the umbrella's top at 1; a is the coverage.
vec4 walker(vec2 p, vec3 bright) {
    vec3 coat = mix(vec3(0.08, 0.09, 0.13), vec3(0.24, 0.12, 0.10), draws[21]) * (0.6 + 0.4 * light.fill);
    float scale = pixel;
    float body = min(taper(p - vec2(0.0, 0.10), 0.15, 0.07, 0.48), disc(p - vec2(0.0, 0.64), 0.065));
    body = min(body, stroke(vec2(abs(p.x) - 0.06, p.y), vec2(0.0, 0.0), vec2(0.0, 0.15), 0.032, 0.04));
    vec2 q = p - vec2(0.05 * side(22), 0.68);
    float scallop = 0.030 * abs(sin(q.x * 17.0));
    float canopy = max(ellipse(q, vec2(0.37, 0.30)), -q.y + scallop);
    float rib = 0.82 + 0.26 * smoothstep(-0.35, 0.30, q.x * side(23)) + 0.10 * sin(q.x * 24.0);
    vec3 c = mix(coat, bright * rib, step(canopy, scale));
    return vec4(c, inside(min(body, canopy)));
}

float streaks(vec2 u, float columns, float slant, float heavy, float offset) {
    float x = (u.x + u.y * slant) * columns + offset * 50.0;
    float column = floor(x);
    float y = u.y * (1.2 + columns * 0.08) + hash(vec2(column, offset * 30.0)) * 20.0;
    float chosen = step(1.0 - heavy, hash(vec2(column, floor(y)) + offset * 20.0));
    return chosen * falling(0.02, 0.26, abs(fract(x) - 0.5)) * smoothstep(0.0, 0.75, fract(y)) * falling(0.80, 1.0, fract(y));
}

vec3 scene(vec2 u) {
    bool wet = u.y < KERB;
    float depth = max(KERB - u.y, 0.0);
    float ripple = (noise(vec2(u.x * 9.0, u.y * 60.0) + draws[5] * 40.0) - 0.5) * (0.02 + 0.10 * depth);
    vec2 seen = wet ? vec2(u.x + ripple, KERB + depth * 0.95) : u;
    vec3 c = street_front(seen, wet ? 0.30 : 1.0);
    float sheen = noise(vec2(u.x * 5.0, u.y * 34.0) + draws[5] * 30.0);
    if (wet) c = mix(c, mist() * 1.05, smoothstep(0.45, 0.9, sheen) * 0.45 + 0.5 * depth) * (0.92 - 0.7 * depth);

    float tall = mix(0.30, 0.86, nearness);
    vec2 feet = vec2(between(6, 0.28, 0.72), mix(0.27, 0.06, nearness) + between(7, 0.0, 0.05));
    float pick = draws[24] * 4.0;
    vec3 bright = pick < 1.0 ? vec3(0.88, 0.10, 0.10) : pick < 2.0 ? vec3(0.98, 0.72, 0.08)
        : pick < 3.0 ? vec3(0.06, 0.52, 0.58) : vec3(0.94, 0.36, 0.10);
    bright *= 0.40 + 0.60 * light.fill + 0.15 * light.night;
    vec4 mirrored = walker(vec2(u.x - feet.x + 1.5 * ripple, feet.y - u.y) / tall, bright);
    c = mix(c, mirrored.rgb * 0.7, 0.55 * mirrored.a * step(u.y, feet.y));
    vec4 figure = walker((u - feet) / tall, bright);
    c = mix(c, figure.rgb, figure.a);

    float slant = between(25, -0.30, 0.30);
    float heavy = mix(0.22, 0.85, nearness);
    float fall = streaks(u, 46.0, slant, heavy, draws[26]) * 0.6
        + streaks(u, 27.0, slant * 1.1, heavy * 0.8, draws[27]) * 0.8
        + streaks(u, 15.0, slant * 1.2, heavy * heavy * 0.6, draws[28]);
    c = mix(c, mist() * 1.15 + 0.10, clamp(fall * mix(0.30, 0.55, nearness), 0.0, 0.8));
    return mix(c, mist() * 0.9, 0.22 * nearness);
}
