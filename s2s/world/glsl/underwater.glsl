// Underwater: shafts of light from the surface, coral and weed, fish; bubbles rise, large when they are near.

vec3 surface_tone() { return mix(vec3(0.22, 0.82, 0.80), vec3(0.14, 0.56, 0.86), draws[0]) * (0.30 + 0.72 * light.fill); }

vec3 deep_tone() { return mix(vec3(0.00, 0.20, 0.30), vec3(0.02, 0.10, 0.32), draws[1]) * (0.45 + 0.60 * light.fill); }

vec3 open_water(vec2 u) {
    vec3 c = mix(deep_tone(), surface_tone(), pow(clamp(u.y, 0.0, 1.0), between(2, 0.8, 1.6)));
    vec2 source = vec2(between(3, 0.2, 0.8), 1.30);
    vec2 p = u - source;
    float angle = atan(p.x, -p.y);
    float shafts = fbm2(vec2(angle * 9.0 + draws[4] * 40.0, 1.0 + 0.12 * seconds));
    c += surface_tone() * 0.95 * smoothstep(0.48, 0.78, shafts) * smoothstep(0.0, 1.0, u.y + 0.1) * exp(-angle * angle * 1.4);
    float shine = exp(-length((u - vec2(source.x, 1.02)) * vec2(1.0, 2.0)) * 4.0);
    return c + light.sun * 0.60 * shine * (0.4 + 0.6 * light.fill.g);
}

vec3 seabed(vec3 c, vec2 u, float floor_y) {
    for (int i = 0; i < 2; i++) {
        vec3 rock = mix(deep_tone(), mix(vec3(0.40, 0.32, 0.34), vec3(0.20, 0.36, 0.34), draws[5]) * light.fill, 0.35 + 0.35 * float(i));
        c = hills(c, u, floor_y - 0.04 * float(i) - 0.04, 0.34 - 0.14 * float(i), 4.0, draws[6 + i], rock * (0.7 + 0.5 * noise(u * 14.0)));
    }
    float depth = max(floor_y - u.y, 0.0);
    vec2 q = vec2(u.x * 6.0, depth * 22.0) / (0.6 + 2.0 * depth) + draws[8] * 40.0;
    float net = pow(1.0 - abs(2.0 * noise(q + 1.1 * noise(q + 0.3 * seconds) + 0.2 * seconds) - 1.0), 4.0);
    vec3 sand = mix(vec3(0.86, 0.78, 0.52), vec3(0.50, 0.68, 0.58), draws[9]) * (0.35 + 0.6 * light.fill) * 0.75;
    sand = mix(sand, deep_tone(), 0.3) + surface_tone() * 0.30 * net;
    return mix(c, sand, inside(u.y - floor_y - 0.03 * noise(vec2(u.x * 4.0, draws[10] * 40.0))));
}

vec3 growth(vec3 c, vec2 u, float floor_y) {
    float knobs = noise(u * 30.0 + draws[10] * 40.0);
    for (int i = 0; i < 6; i++) {
        float tall = between(11 + i, 0.12, 0.34);
        vec2 p = u - vec2(between(17 + i, 0.02, 0.98), floor_y - 0.05);
        float t = clamp(p.y / tall, 0.0, 1.0);
        bool weed = chance(23 + i, 0.5);
        float sway = 0.035 * sine(p.y * 2.55 + draws[11 + i] * 6.37 - 0.25 * seconds) * (0.4 + t);
        float d = weed ? max(abs(p.x - sway) - 0.026 * (1.1 - t), max(-p.y, p.y - tall))
            : length((p - vec2(0.0, 0.35 * tall)) * vec2(1.0, 1.1)) - 0.42 * tall * (0.55 + 0.75 * knobs);
        vec3 tone = weed ? mix(vec3(0.10, 0.50, 0.22), vec3(0.46, 0.56, 0.12), draws[29 + i]) : mix(vec3(0.98, 0.36, 0.30), vec3(0.80, 0.34, 0.72), draws[29 + i]);
        c = mix(c, mix(tone * (0.35 + 0.65 * light.fill) * (0.6 + 0.5 * t), deep_tone(), 0.15), inside(d));
    }
    return c;
}

vec3 fish(vec3 c, vec2 p, float size, vec3 tone, float depth, float wag) {
    p.y += 0.10 * wag * p.x * p.x * (p.x < 0.0 ? 1.0 : -0.3);
    float body = ellipse(p, vec2(0.62, 0.34));
    float tail = max(abs(p.y) - 0.12 + 0.75 * (p.x + 0.55), max(-p.x - 0.98 + 0.10 * wag, p.x + 0.52));
    float fin = max(ellipse(p - vec2(-0.02, 0.26), vec2(0.30, 0.20)), -p.y);
    float whole = min(min(body, fin), tail);
    vec3 scales = mix(tone * 0.6, tone * 1.15, smoothstep(-0.25, 0.25, p.y));
    float stripe = falling(0.14, 0.18, abs(fract(p.x * 2.1 + 0.15) - 0.5)) * step(0.4, draws[35]);
    scales = mix(scales, vec3(0.96, 0.97, 0.92), stripe * step(body, 0.0));
    scales = mix(scales, vec3(0.02), falling(0.06, 0.09, length(p - vec2(0.38, 0.07))));
    return mix(c, mix(scales * (0.35 + 0.65 * light.fill), surface_tone() * 0.6, depth), inside(whole * size));
}

vec3 setting(vec2 u) {
    float floor_y = between(38, 0.10, 0.22);
    vec3 c = growth(seabed(open_water(u), u, floor_y), u, floor_y);
    float pick = draws[39] * 4.0;
    vec3 tone = pick < 1.0 ? vec3(1.0, 0.52, 0.10) : pick < 2.0 ? vec3(0.98, 0.86, 0.18) : pick < 3.0 ? vec3(0.90, 0.28, 0.42) : vec3(0.80, 0.88, 0.95);
    float facing = side(40);
    for (int i = 0; i < 6; i++) {
        float depth = 0.45 - 0.09 * float(i);
        float size = mix(0.07, 0.26, nearness) * (0.55 + 0.12 * float(i));
        vec2 swum = vec2(facing * 0.012 * seconds, 0.01 * (swing(0.2, draws[53 + i]) - sine(draws[53 + i])));
        vec2 p = (u - vec2(between(41 + i, 0.08, 0.92), between(47 + i, 0.32, 0.88)) - swum) / size;
        c = fish(c, turned(vec2(p.x * facing, p.y), between(53 + i, -0.3, 0.3)), size, tone, max(depth, 0.0), swing(1.3, draws[47 + i]));
    }
    return c;
}

// Fine bubbles that rise around the great ones; 0 .. 1.
float fizz(vec2 u, float column, float wide) {
    vec2 grid = vec2((u.x - column) * 34.0, (u.y + 0.03 * swing(0.5, 3.0 * u.x)) * 30.0 - 7.0 * seconds);
    vec2 cell = floor(grid);
    vec2 p = fract(grid) - 0.3 - 0.4 * hash2(cell + 60.0);
    float crowded = 0.75 * exp(-pow((u.x - column) / wide, 2.0)) * come(0.0, 1.0);
    return falling(0.06, 0.10 + 0.16 * hash(cell + 13.0), length(p)) * step(hash(cell + 81.0), crowded) * falling(1.0, 1.3, u.y - 1.25 * arrive(0.0, 0.9) + 1.0);
}

// The bubbles rise in a column from the sea bed, swaying.
void thing(inout vec4 c, vec2 u) {
    float column = between(36, 0.15, 0.85);
    float grown = mix(0.3, 1.0, come(0.0, 0.8));
    vec3 pearl = vec3(0.75, 0.95, 1.0) * (0.45 + 0.6 * light.fill);
    over(c, pearl, mix(0.25, 0.50, nearness) * fizz(u, column, mix(0.03, 0.20, nearness)));
    float below = 1.25 * (1.0 - arrive(0.0, 0.9));
    float wide = mix(0.12, 0.55, nearness);
    for (int i = 0; i < 14; i++) {
        vec2 q = fract(vec2(draws[37], draws[2]) + float(i) * vec2(0.414, 0.618));
        float rise = fract(q.y + 0.21 * seconds * (0.7 + 0.6 * q.x)) * 1.25 - 0.10;
        float x = column + (q.x - 0.5) * wide * (0.5 + 0.5 * rise) + 0.012 * swing(0.6, q.y);
        float radius = grown * mix(0.013, 0.058, nearness) * (0.4 + fract(7.3 * q.x + 3.1 * q.y));
        vec2 p = (u - vec2(x, rise - below)) / radius;
        float d = length(p);
        float skin = falling(0.92, 1.05, d);
        float ring = smoothstep(0.45, 0.85, d) * skin;
        float spark = falling(0.10, 0.30, length(p - vec2(-0.35, 0.40)));
        shine(c, 0.22 * ring * pearl * vec3(0.6, 1.0, 1.0));
        over(c, pearl, min(0.62 * ring + 0.75 * spark + 0.16 * skin, 0.9));
    }
}
