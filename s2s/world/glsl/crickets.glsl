// Crickets: a warm night meadow, a great moon, fireflies, and the singer on a blade of grass.

vec3 meadow_sky(vec2 u, vec2 moon, float radius) {
    vec3 low = mix(mix(vec3(0.10, 0.40, 0.36), vec3(0.20, 0.34, 0.46), draws[0]), vec3(0.92, 0.72, 0.30), 0.75 * light.gold + 0.35 * light.day);
    vec3 high = mix(mix(vec3(0.01, 0.09, 0.13), vec3(0.03, 0.05, 0.16), draws[0]), vec3(0.32, 0.48, 0.34), 0.6 * light.gold + 0.85 * light.day);
    vec3 c = mix(low, high, pow(clamp(u.y, 0.0, 1.0), 0.75));
    c += light.night * stars(u) * 0.8;
    float d = length(u - moon);
    vec3 pale = mix(vec3(1.0, 0.94, 0.72), vec3(0.90, 1.0, 0.92), draws[1]);
    c += pale * 0.35 * exp(-max(d - radius, 0.0) * 5.0);
    float sea = 0.84 + 0.22 * fbm2((u - moon) / radius * 1.6 + draws[2] * 40.0);
    return mix(c, pale * sea, inside(d - radius));
}

vec3 fireflies(vec2 u) {
    vec3 sum = vec3(0.0);
    for (int i = 0; i < 9; i++) {
        vec2 q = hash2(vec2(float(i) * 4.1, floor(draws[3] * 200.0)));
        float size = mix(0.018, 0.034, hash(q * 60.0));
        sum += glow(u - vec2(q.x, 0.10 + 0.55 * q.y), size, vec3(0.85, 1.0, 0.30));
    }
    return sum * (0.8 * light.night + 0.35 * light.gold + 0.12 * light.day);
}

// A cricket one unit long sitting on p = (0, 0), head towards +x.
float cricket(vec2 p) {
    float body = ellipse(turned(p - vec2(-0.05, 0.14), 0.12), vec2(0.36, 0.10));
    float wing = ellipse(turned(p - vec2(-0.12, 0.21), -0.22), vec2(0.32, 0.07));
    float head = disc(p - vec2(0.32, 0.20), 0.105);
    float thigh = stroke(p, vec2(0.02, 0.12), vec2(-0.34, 0.47), 0.060, 0.025);
    float shin = stroke(p, vec2(-0.34, 0.47), vec2(-0.50, -0.02), 0.026, 0.014);
    float legs = min(stroke(p, vec2(0.15, 0.12), vec2(0.24, -0.03), 0.022, 0.012), stroke(p, vec2(0.02, 0.10), vec2(0.00, -0.03), 0.022, 0.012));
    float feeler = min(stroke(p, vec2(0.38, 0.27), vec2(0.66, 0.56), 0.018, 0.008), stroke(p, vec2(0.36, 0.28), vec2(0.48, 0.66), 0.018, 0.008));
    return min(min(min(body, wing), min(head, thigh)), min(min(shin, legs), feeler));
}

vec3 scene(vec2 u) {
    float radius = between(4, 0.10, 0.20);
    vec2 moon = vec2(between(5, 0.18, 0.82), between(6, 0.60, 0.84));
    vec3 c = meadow_sky(u, moon, radius);
    vec3 dark = mix(mix(vec3(0.01, 0.09, 0.08), vec3(0.03, 0.06, 0.10), draws[0]), vec3(0.16, 0.26, 0.07), 0.6 * light.gold + light.day);
    vec3 low = mix(vec3(0.10, 0.40, 0.36), vec3(0.85, 0.70, 0.32), light.gold);
    c = hills(c, u, between(7, 0.16, 0.26), 0.14, 2.6, draws[8], mix(dark, low, 0.35));
    float lean = between(9, -0.5, 0.5);
    c = mix(c, mix(dark, low, 0.22), blades(u, 22.0, 0.36, lean, draws[10] * 20.0));
    c = mix(c, mix(dark, low, 0.10), blades(u, 13.0, 0.40, -lean, draws[11] * 20.0));
    c += fireflies(u);

    // The singer's perch: one broad blade across the picture.
    float facing = side(12);
    float size = mix(0.16, 0.66, nearness);
    vec2 seat = vec2(between(13, 0.38, 0.62), mix(0.36, 0.30, nearness) + between(14, 0.0, 0.08));
    float slope = between(15, 0.10, 0.35);
    vec2 p = vec2((u.x - seat.x) * facing, u.y - seat.y);
    float line = slope * p.x - 0.5 * p.x * p.x;
    float thick = mix(0.020, 0.055, nearness) * clamp(1.0 - 1.3 * p.x, 0.1, 1.5);
    vec3 green = mix(dark * 1.4 + vec3(0.02, 0.10, 0.04), vec3(0.40, 0.58, 0.14), light.day + 0.4 * light.gold);
    c = mix(c, green * (1.0 + 0.6 * smoothstep(-thick, thick, p.y - line)), inside(abs(p.y - line + thick) - thick));
    float d = cricket(turned(vec2(p.x, p.y), atan(slope)) / size) * size;
    vec3 shell = mix(vec3(0.03, 0.03, 0.02), vec3(0.20, 0.12, 0.05), light.day + 0.5 * light.gold);
    c = mix(c, mix(low, vec3(1.0, 0.95, 0.7), 0.4) * 0.8, 0.5 * softly(d - 0.008, 0.012));
    c = mix(c, shell, inside(d));
    c = mix(c, dark * 0.55, blades(vec2(u.x, u.y + 0.04), 8.0, 0.26, lean * 0.7, draws[16] * 20.0));
    return c;
}
