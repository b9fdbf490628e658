// Rooster: a farm as the sun comes up, the rooster walking up a fence to crow; near, he stands against the sun.

vec3 sunrise(vec2 u, float horizon, vec2 sun) {
    vec3 c = cloudy_sky(u, horizon, 0.55 * draws[0]);
    vec2 p = u - sun;
    float rays = 0.5 + 0.5 * sin(atan(p.y, p.x) * (12.0 + 6.0 * floor(draws[1] * 3.0)) + draws[2] * TAU);
    c += light.sun * 0.16 * smoothstep(0.35, 0.65, rays) * exp(-length(p) * 1.6) * (0.5 + light.gold);
    c += light.sun * 0.45 * exp(-length(p) * 4.5);
    return mix(c, mix(vec3(1.0, 0.93, 0.62), vec3(1.0, 0.70, 0.34), draws[3]), inside(length(p) - between(4, 0.10, 0.15)));
}

vec3 barn(vec3 c, vec2 p, float scale) {
    vec3 red = mix(vec3(0.70, 0.13, 0.09), vec3(0.56, 0.20, 0.12), draws[5]) * light.fill;
    vec3 white = vec3(0.95, 0.92, 0.86) * light.fill;
    vec2 q = vec2(abs(p.x), p.y);
    float gable = max(q.x - 0.5, max(-q.y - 0.2, max(q.y - 0.62 + 0.35 * (q.x - 0.30), q.y - 0.92 + 1.05 * q.x * step(q.x, 0.30) * 0.9)));
    gable = max(q.x - 0.5, max(-q.y - 0.2, min(q.y + 1.5 * q.x - 1.20, max(q.y + 0.55 * q.x - 0.92, q.y + 1.6 * q.x - 1.22))));
    c = mix(c, vec3(0.32, 0.28, 0.28) * light.fill, inside((gable - 0.05) * scale));
    c = mix(c, red * (0.82 + 0.25 * step(0.5, fract(p.x * 9.0))), inside(gable * scale));
    float door = box(p - vec2(0.0, 0.10), vec2(0.20, 0.24));
    c = mix(c, white, inside((door - 0.025) * scale));
    c = mix(c, red * 0.55, inside(door * scale));
    float cross = abs(abs(p.x) - abs(p.y - 0.10) * 0.83) - 0.016;
    c = mix(c, white, inside(max(cross, door) * scale));
    return mix(c, mix(vec3(0.12), vec3(1.0, 0.8, 0.4), light.night), inside(box(p - vec2(0.0, 0.62), vec2(0.08, 0.08)) * scale));
}

vec3 fields(vec3 c, vec2 u, float horizon) {
    vec3 green = mix(vec3(0.46, 0.58, 0.20), vec3(0.80, 0.64, 0.24), draws[6]) * light.fill;
    c = hills(c, u, horizon - 0.02, 0.13, 2.4, draws[7], hazed(green * 0.75, 0.45));
    float depth = max(horizon - u.y, 0.0);
    float furrow = 0.5 + 0.5 * sin((u.x - between(8, 0.2, 0.8)) * 26.0 / (0.12 + depth));
    vec3 near = green * (0.65 + 0.35 * furrow) * (0.8 + 0.4 * fbm2(u * vec2(7.0, 18.0) + draws[9] * 40.0));
    return mix(c, hazed(near, 0.35 * falling(0.0, 0.15, depth)), inside(u.y - horizon - 0.02 * noise(vec2(u.x * 4.0, draws[10] * 40.0))));
}

vec4 fence(vec2 u, float rail) {
    vec3 wood = mix(vec3(0.46, 0.33, 0.22), vec3(0.86, 0.83, 0.78), step(0.6, draws[11])) * light.fill;
    float x = abs(fract(u.x * 4.0 + draws[12]) - 0.5) / 4.0;
    float d = min(box(vec2(x, u.y - rail + 0.28), vec2(0.020, 0.31)), min(abs(u.y - rail) - 0.022, abs(u.y - rail + 0.13) - 0.020));
    return vec4(wood * (0.65 + 0.5 * noise(u * vec2(6.0, 40.0))), inside(d));
}

// He crows around dawn: every hour is drawn towards it.
void at_dawn() {
    if (layer == 1) return;
    light = light_at(6.6 + (hour - 12.0) * 0.20);
    light.place = vec2(-1.0);
}

float rail_line() { return mix(0.24, 0.12, nearness) + between(19, 0.0, 0.04) - (layer == 1 ? 0.03 : 0.0); }

vec3 setting(vec2 u) {
    at_dawn();
    float horizon = between(14, 0.30, 0.42);
    vec2 sun = vec2(between(15, 0.2, 0.8), horizon + between(16, 0.02, 0.22));
    vec3 c = fields(sunrise(u, horizon, sun), u, horizon);
    float barn_size = between(17, 0.26, 0.40);
    c = barn(c, (u - vec2(sun.x < 0.5 ? between(18, 0.70, 0.88) : between(18, 0.12, 0.30), horizon - 0.03)) / barn_size, barn_size);
    vec4 wood = fence(u, rail_line());
    return mix(c, wood.rgb, wood.a);
}

// The rooster stands on p = (0, 0), one unit tall when he stretches to crow, beak open, towards +x; a is the coverage.
vec4 rooster_bird(vec2 p, float scale, float stretch, float open, float stride) {
    vec2 low = vec2(0.05, -0.15) * (1.0 - stretch);
    vec2 h = p - low;
    float body = ellipse(turned(p - vec2(-0.02, 0.38), -0.30), vec2(0.27, 0.19));
    float neck = stroke(p, vec2(0.12, 0.40), vec2(0.24, 0.78) + low, 0.145, 0.075);
    float head = disc(h - vec2(0.26, 0.82), 0.082);
    float plumes = 9.0;
    for (int i = 0; i < 4; i++) {
        float grow = float(i) * 0.075;
        vec2 q = p - vec2(-0.36, 0.44 + 0.012 * swing(0.7, 0.1 * float(i)));
        float arc = abs(length(q - vec2(0.02 * float(i), 0.02)) - 0.16 - grow) - 0.038;
        plumes = min(plumes, max(arc, max(-q.y - 0.06 + 0.1 * float(i), q.x - 0.10)));
    }
    float legs = min(stroke(p, vec2(0.0, 0.22), vec2(0.02 - 0.09 * stride, 0.0), 0.028, 0.020), stroke(p, vec2(0.09, 0.24), vec2(0.12 + 0.09 * stride, 0.0), 0.028, 0.020));
    float beak = min(stroke(h, vec2(0.32, 0.85), vec2(0.45, 0.87 + 0.06 * open), 0.034, 0.004), stroke(h, vec2(0.32, 0.81), vec2(0.43, 0.85 - 0.05 * open), 0.028, 0.004));
    float comb = min(min(disc(h - vec2(0.18, 0.92), 0.05), disc(h - vec2(0.25, 0.95), 0.055)), min(disc(h - vec2(0.32, 0.92), 0.042), ellipse(h - vec2(0.31, 0.70), vec2(0.042, 0.075))));

    float pick = draws[13] * 3.0;
    vec3 coat = pick < 1.0 ? vec3(0.66, 0.22, 0.06) : pick < 2.0 ? vec3(0.92, 0.88, 0.80) : vec3(0.13, 0.12, 0.14);
    vec3 mane = pick < 1.0 ? vec3(0.98, 0.62, 0.14) : pick < 2.0 ? vec3(0.98, 0.92, 0.76) : vec3(0.90, 0.48, 0.12);
    vec3 tail = pick < 2.0 ? vec3(0.04, 0.16, 0.16) : vec3(0.10, 0.26, 0.24);
    vec3 c = coat * (0.75 + 0.45 * smoothstep(0.2, 0.6, p.y));
    c = mix(c, coat * 0.62, falling(-0.006, 0.006, ellipse(turned(p - vec2(-0.08, 0.38), -0.2), vec2(0.16, 0.09))));
    c = mix(c, mane, falling(-0.004, 0.008, min(neck, head)));
    c = mix(c, tail, step(plumes, min(body, neck)) * step(plumes, 0.02));
    c *= 0.28 + 0.72 * light.fill;
    c = mix(c, vec3(0.92, 0.62, 0.16), step(min(legs, beak), min(body, min(head, neck))) * step(min(legs, beak), 0.02));
    c = mix(c, vec3(0.88, 0.08, 0.07) * (0.45 + 0.6 * light.fill), falling(-0.004, 0.008, comb));
    c = mix(c, vec3(0.02), falling(-0.006, 0.006, disc(h - vec2(0.28, 0.84), 0.020)));
    float whole = min(min(min(body, neck), min(head, plumes)), min(min(legs, beak), comb));
    return vec4(c, inside(whole * scale));
}

void thing(inout vec4 c, vec2 u) {
    at_dawn();
    // Over another place he brings his fence, which rises into view before him.
    vec2 lift = vec2(0.0, layer == 1 ? 0.3 * (1.0 - come(0.0, 0.4)) : 0.0);
    vec4 wood = fence(u + lift, rail_line());
    bring(c, wood.rgb, wood.a);

    float tall = mix(0.26, layer == 1 ? 0.62 : 0.80, nearness);
    float x = layer == 1 ? 0.5 - side(21) * between(20, 0.24, 0.36) : mix(between(20, 0.25, 0.75), 0.5, 0.7 * nearness);
    float outside = 1.0 - arrive(0.0, 0.8);
    vec2 p = u + lift - vec2(x, rail_line() + 0.02);
    p.x = p.x * side(21) + (0.8 + 0.6 * tall) * outside;
    float walking = min(4.0 * outside, 1.0);
    p.y -= 0.03 * tall * walking * abs(swing(1.6, 0.0));
    float stretch = come(0.75, 1.0) * (0.88 + 0.12 * swing(0.4, 0.25));
    float open = come(0.75, 1.0) * (0.65 + 0.35 * swing(1.7, 0.25));
    vec4 bird = rooster_bird(p / tall, tall, stretch, open, walking * swing(1.6, 0.1));
    over(c, bird.rgb, bird.a);
}
