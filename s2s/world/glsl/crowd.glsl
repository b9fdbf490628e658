// Crowd: rank upon rank of people before a bright stage; near, heads and raised hands fill the picture. They walk in and leave.

vec3 stage_colour(int i) { return 0.55 + 0.45 * cos(TAU * (draws[i] + vec3(0.0, 0.33, 0.67))); }

vec3 stage(vec2 u, float floor_y) {
    vec3 first = stage_colour(0), second = stage_colour(1);
    vec3 dusk = mix(light.horizon, light.zenith, smoothstep(0.4, 1.0, u.y));
    vec3 c = mix(dusk, mix(vec3(0.10, 0.03, 0.16), second * 0.4, 0.4), 0.35 + 0.5 * light.night);
    c += mix(first, vec3(1.0, 0.75, 0.5), 0.4) * 0.65 * exp(-length((u - vec2(0.5, floor_y + 0.05)) * vec2(0.8, 1.6)) * 3.0);
    vec3 pools = vec3(0.0);
    for (int i = 0; i < 5; i++) {
        vec2 p = u - vec2(0.1 + 0.2 * float(i) + between(2 + i, -0.06, 0.06), 1.02);
        float angle = between(7 + i, -0.55, 0.55) + 0.16 * swing(0.09 + 0.02 * float(i), 0.0);
        float away = abs(p.x - tan(angle) * p.y) / (0.02 - 0.16 * p.y);
        vec3 beam = mix(i % 2 == 0 ? first : second, vec3(1.0), 0.2);
        float y = floor_y * (0.85 - 0.30 * fract(0.618 * float(i)));
        vec2 q = vec2(p.x - tan(angle) * (y - 1.02), u.y - y) * vec2(7.0, 17.0);
        pools += beam * exp(-dot(q, q));
        c += beam * falling(0.2, 1.0, away) * (0.22 + 0.30 * light.night) * exp(p.y * 0.8);
    }
    // The floor before the stage, polished by many feet, with the pools of the beams on it.
    float depth = max(floor_y - u.y, 0.0) / floor_y;
    float x = (u.x - 0.5) / (depth + 0.25);
    float grain = noise(vec2(x * 22.0, 3.0 / (depth + 0.25)) + draws[2] * 40.0);
    float seam = smoothstep(0.0, 0.06, abs(fract(x * 5.0) - 0.5));
    vec3 boards = mix(vec3(0.34, 0.24, 0.18), mix(first, second, u.x), 0.35) * (0.25 + 0.45 * light.fill) * (0.55 + 0.4 * grain) * (0.75 + 0.25 * seam);
    boards = boards * falling(-0.3, 1.4, depth) + (0.5 + 0.5 * grain) * (0.42 * pools + 0.4 * mix(first, vec3(1.0, 0.75, 0.5), 0.4) * exp(-5.0 * depth));
    c = mix(c, vec3(0.05, 0.04, 0.06), inside(u.y - floor_y - 0.022));
    return mix(c, boards, inside(u.y - floor_y));
}

vec3 clothes(float chosen) {
    vec3 bright = 0.50 + 0.42 * cos(TAU * (chosen * 1.7 + vec3(0.0, 0.30, 0.62)));
    return mix(bright, vec3(0.86, 0.82, 0.78), step(0.82, chosen));
}

// One rank of people seen from behind, heads of the given radius at the height of line; outside 1 leaves the picture.
void rank_of_people(inout vec4 c, vec2 u, float line, float head, float depth, float offset, float outside) {
    float pitch = head * 2.75;
    float walked = u.x - 1.45 * outside * (fract(offset * 7.0) < 0.5 ? -1.0 : 1.0);
    float x = walked / pitch + offset * 30.0;
    float cell = floor(x);
    float there = step(abs((cell + 0.5 - offset * 30.0) * pitch - 0.5), 0.7);
    float chosen = hash(vec2(cell, offset * 50.0));
    float other = hash(vec2(offset * 40.0, cell + 3.0));
    there *= step(fract(7.3 * other), mix(0.66, 1.0, smoothstep(0.0, 0.7, nearness)));  // a quiet crowd has gaps
    float bounce = 0.22 * head * (swing(1.2 + 0.3 * other, chosen) - sine(chosen));
    vec2 p = vec2((fract(x) - 0.5) * pitch + 0.25 * head * (chosen - 0.5), u.y - line - 0.9 * head * (other - 0.5) - bounce);
    vec3 lit = mix(light.fill, vec3(0.9, 0.75, 0.8), 0.45) * (0.45 + 0.55 * depth);
    vec3 glow_tone = layer == 1 ? light.horizon : stage_colour(0);
    vec3 haze = mix(glow_tone, vec3(0.8, 0.6, 0.5), 0.5) * 0.6;

    float shoulders = max(ellipse(p + vec2(0.0, 2.1 * head), vec2(1.42 * head, 1.25 * head)), -p.y - 6.0 * head);
    shoulders = min(shoulders, box(p + vec2(0.0, 5.1 * head), vec2(1.42 * head, 3.0 * head)));
    vec3 cloth = mix(haze, clothes(chosen) * lit, 0.45 + 0.55 * depth);
    over(c, cloth * (0.80 + 0.35 * smoothstep(-2.5 * head, -0.8 * head, p.y)), inside(shoulders) * there);
    float arm_side = other < 0.5 ? -1.0 : 1.0;
    vec2 a = vec2(p.x * arm_side, p.y);
    float raised = mix(-1.4, 1.5, come(0.7, 1.0));
    vec2 hand = vec2(0.95 + 0.4 * chosen + 0.35 * (swing(0.8, other) - sine(other)), raised) * head;
    float arm = min(stroke(a, vec2(1.10, -1.7) * head, hand, 0.30 * head, 0.22 * head), disc(a - hand - vec2(0.0, 0.2 * head), 0.32 * head));
    vec3 skin = mix(vec3(0.95, 0.74, 0.58), vec3(0.48, 0.30, 0.20), other) * lit;
    over(c, mix(haze, skin, 0.5 + 0.5 * depth), inside(arm) * step(chosen * 0.99, 0.25 + 0.35 * nearness) * there);
    vec3 hair = mix(vec3(0.12, 0.08, 0.06), vec3(0.62, 0.40, 0.18), other * other) * lit;
    over(c, mix(haze, skin, 0.5 + 0.5 * depth), inside(box(p + vec2(0.0, head), vec2(0.36, 0.4) * head)) * there);
    vec3 rim = mix(haze, hair, 0.5 + 0.5 * depth) + glow_tone * 0.35 * smoothstep(0.2 * head, head, p.y);
    over(c, rim, inside(ellipse(p, vec2(0.86, 1.05) * head)) * there);
}

float floor_line() { return between(12, 0.56, 0.70); }

vec3 setting(vec2 u) { return stage(u, floor_line()); }

void thing(inout vec4 c, vec2 u) {
    float nearest = mix(0.042, 0.115, nearness);
    // Over another place only the last ranks stand, before all else.
    for (int i = layer == 1 ? 4 : 0; i < 6; i++) {
        float depth = float(i) / 5.0;
        float head = mix(0.018, nearest, depth * (0.4 + 0.6 * depth));
        float line = mix(floor_line(), mix(0.16, 0.22, nearness), pow(depth, 1.15)) - (layer == 1 ? 0.12 : 0.0);
        float outside = 1.0 - arrive(0.05 * float(5 - i), 0.75 + 0.05 * float(5 - i));
        rank_of_people(c, u, line, head, depth, draws[13 + i], outside);
    }
}
