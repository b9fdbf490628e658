// Crickets: a warm night meadow, a great moon, fireflies, and the singer, who leaps onto a blade of grass.

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
        vec2 drift = 0.03 * vec2(swing(0.11, q.y) - sine(q.y), swing(0.17, q.x) - sine(q.x));
        float blink = 0.75 + 0.25 * swing(0.5, q.x + q.y);
        sum += blink * glow(u - vec2(q.x, 0.10 + 0.55 * q.y) - drift, size, vec3(0.85, 1.0, 0.30));
    }
    return sum * (0.8 * light.night + 0.35 * light.gold + 0.12 * light.day);
}

// What the dark of the meadow and its far light look like at this hour.
vec3 dark_tone() { return mix(mix(vec3(0.01, 0.09, 0.08), vec3(0.03, 0.06, 0.10), draws[0]), vec3(0.16, 0.26, 0.07), 0.6 * light.gold + light.day); }

vec3 low_tone() { return mix(vec3(0.10, 0.40, 0.36), vec3(0.85, 0.70, 0.32), light.gold); }

float leaning() { return between(9, -0.5, 0.5) + 0.05 * swing(0.23, draws[9]); }

float singer_size() { return mix(0.16, layer == 1 ? 0.50 : 0.66, nearness); }

// The perch is one broad blade across the picture; over another place it keeps low and to one side.
vec2 seat() {
    if (layer == 1) return vec2(0.5 - side(12) * between(13, 0.10, 0.24), 0.20 + between(14, 0.0, 0.06));
    return vec2(between(13, 0.38, 0.62), mix(0.36, 0.30, nearness) + between(14, 0.0, 0.08));
}

vec2 from_seat(vec2 u) { return vec2((u.x - seat().x) * side(12), u.y - seat().y - 0.006 * swing(0.4, 0.0)); }

float slope() { return between(15, 0.10, 0.35); }

vec4 perch(vec2 u) {
    vec2 p = from_seat(u);
    float line = slope() * p.x - 0.5 * p.x * p.x;
    float thick = mix(0.020, 0.055, nearness) * clamp(1.0 - 1.3 * p.x, 0.1, 1.5);
    vec3 green = mix(dark_tone() * 1.4 + vec3(0.02, 0.10, 0.04), vec3(0.40, 0.58, 0.14), light.day + 0.4 * light.gold);
    return vec4(green * (1.0 + 0.6 * smoothstep(-thick, thick, p.y - line)), inside(abs(p.y - line + thick) - thick));
}

vec3 setting(vec2 u) {
    float radius = between(4, 0.10, 0.20);
    vec2 moon = vec2(between(5, 0.18, 0.82), between(6, 0.60, 0.84));
    vec3 c = meadow_sky(u, moon, radius);
    vec3 dark = dark_tone(), low = low_tone();
    c = hills(c, u, between(7, 0.16, 0.26), 0.14, 2.6, draws[8], mix(dark, low, 0.35));
    c = mix(c, mix(dark, low, 0.22), blades(u, 22.0, 0.36, leaning(), draws[10] * 20.0));
    c = mix(c, mix(dark, low, 0.10), blades(u, 13.0, 0.40, -leaning(), draws[11] * 20.0));
    c += fireflies(u);
    vec4 blade = perch(u);
    c = mix(c, blade.rgb, blade.a);
    return mix(c, dark * 0.55, blades(vec2(u.x, u.y + 0.04), 8.0, 0.26, leaning() * 0.7, draws[16] * 20.0));
}

// A cricket one unit long sitting on p = (0, 0), head towards +x; singing lifts its wings and rubs them.
float cricket(vec2 p, float singing) {
    float body = ellipse(turned(p - vec2(-0.05, 0.14), 0.12), vec2(0.36, 0.10));
    float lift = singing * (0.14 * swing(4.3, 0.0) - 0.06);
    float wing = ellipse(turned(p - vec2(0.10, 0.18), -0.22 - lift) + vec2(0.22, -0.02), vec2(0.32, 0.07));
    float head = disc(p - vec2(0.32, 0.20), 0.105);
    float thigh = stroke(p, vec2(0.02, 0.12), vec2(-0.34, 0.47), 0.060, 0.025);
    float shin = stroke(p, vec2(-0.34, 0.47), vec2(-0.50, -0.02), 0.026, 0.014);
    float legs = min(stroke(p, vec2(0.15, 0.12), vec2(0.24, -0.03), 0.022, 0.012), stroke(p, vec2(0.02, 0.10), vec2(0.00, -0.03), 0.022, 0.012));
    vec2 waved = vec2(0.05 * swing(0.8, 0.0), 0.03 * swing(0.57, 0.0));
    float feeler = min(stroke(p, vec2(0.38, 0.27), vec2(0.66, 0.56) + waved, 0.018, 0.008), stroke(p, vec2(0.36, 0.28), vec2(0.48, 0.66) - waved, 0.018, 0.008));
    return min(min(min(body, wing), min(head, thigh)), min(min(shin, legs), feeler));
}

void thing(inout vec4 c, vec2 u) {
    // Over another place the blade bends into view before the leap.
    vec2 lift = vec2(0.0, layer == 1 ? 0.5 * (1.0 - come(0.0, 0.4)) : 0.0);
    vec4 blade = perch(u + lift);
    bring(c, blade.rgb, blade.a);

    float size = singer_size();
    float leap = arrive(layer == 1 ? 0.2 : 0.05, 1.0);
    vec2 p = from_seat(u + lift) - vec2(-(1.0 + size) * (1.0 - leap), 0.9 * leap * (1.0 - leap) - 0.2 * (1.0 - leap));
    float pitch = atan(slope()) + 0.9 * (1.0 - leap) * (2.0 * leap - 0.6);
    float d = cricket(turned(p, pitch) / size, come(0.9, 1.0)) * size;
    vec3 low = low_tone();
    vec3 shell = mix(vec3(0.03, 0.03, 0.02), vec3(0.20, 0.12, 0.05), light.day + 0.5 * light.gold);
    over(c, mix(low, vec3(1.0, 0.95, 0.7), 0.4) * 0.8, 0.5 * softly(d - 0.008, 0.012));
    over(c, shell, inside(d));
    hide(c, dark_tone() * 0.55, blades(vec2(u.x, u.y + 0.04), 8.0, 0.26, leaning() * 0.7, draws[16] * 20.0));
}
