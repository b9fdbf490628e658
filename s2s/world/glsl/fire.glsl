// Fire: flames over burning logs, their glow on ground and trees, sparks and smoke above; burnt down, embers are left.

vec3 ember() { return mix(vec3(1.0, 0.32, 0.06), vec3(1.0, 0.50, 0.16), draws[0]); }

// The light that the fire gives now: it flickers, and embers still glow.
vec3 firelight() { return ember() * mix(0.15, 1.0, come(0.0, 1.0)) * (1.0 + come(0.0, 1.0) * (0.10 * swing(2.1, 0.0) + 0.07 * swing(3.7, 0.0))); }

float hearth_wide() { return mix(0.10, 0.40, nearness) * between(16, 0.8, 1.2); }

float flames_high() { return mix(0.24, 0.95, nearness) * between(17, 0.85, 1.05); }

vec2 hearth_place() {
    return vec2(mix(between(18, 0.28, 0.72), 0.5, 0.6 * nearness), mix(0.20, 0.08, nearness) + between(19, 0.0, 0.05));
}

vec3 darkness(vec2 u) {
    vec3 evening = mix(light.horizon, light.zenith, smoothstep(0.1, 0.9, u.y)) * vec3(0.34, 0.26, 0.30);
    return mix(evening, mix(vec3(0.015, 0.02, 0.06), vec3(0.07, 0.02, 0.05), draws[1]), 0.35 + 0.4 * light.night);
}

vec3 backdrop(vec2 u, vec2 hearth, float high, float ground) {
    vec3 night = darkness(u);
    vec3 c = night;
    float firs = zigzag(u.x * 7.0 + draws[2] * 30.0, 3.0) * 0.22 + 0.10 * zigzag(u.x * 19.0, 8.0) * draws[3];
    c = mix(c, night * 0.35 + firelight() * 0.03, inside(u.y - ground - 0.10 - firs));
    float d = length((u - hearth - vec2(0.0, 0.35 * high)) * vec2(1.0, 0.8));
    float haze = 0.55 + 0.7 * fbm2(u * 4.0 + draws[4] * 40.0);
    return c + firelight() * (0.30 + 0.35 * nearness) * exp(-d * mix(4.6, 2.6, nearness)) * haze;
}

vec3 lit_ground(vec2 u, vec2 hearth, float wide, float ground) {
    float depth = max(ground - u.y, 0.0);
    float grain = fbm3(vec2(u.x * 9.0, u.y * 26.0) + draws[5] * 40.0);
    float reach = exp(-pow((u.x - hearth.x) / (1.5 * wide + 0.12 + 0.5 * depth), 2.0));
    return darkness(u) * 0.3 + firelight() * reach * (0.12 + 0.85 * grain * grain) * (0.5 + 0.5 * nearness);
}

// Heat of the flames at p, p.y = 0 at the logs and 1 at the highest tip, |p.x| = 1 at the widest.
float heat(vec2 p) {
    float sway = fbm3(vec2(p.x * 1.1, p.y * 1.7 - 1.5 * seconds) + vec2(draws[6], draws[7]) * 40.0);
    float lick = fbm2(vec2(p.x * 2.6, p.y * 2.9 - 3.2 * seconds) + vec2(draws[8], draws[9]) * 40.0);
    p.x += (sway - 0.5) * 1.9 * p.y + (lick - 0.45) * 0.55;
    float tongues = 0.75 + 0.45 * sin(p.x * between(10, 3.0, 7.0) + draws[11] * TAU + 2.4 * seconds);
    float top = p.y / max(tongues, 0.3) + 0.5 * (lick - 0.5);
    float width = sqrt(clamp(1.0 - top, 0.0, 1.0)) * (0.55 + 0.45 * smoothstep(-0.1, 0.25, p.y));
    float core = falling(0.0, 1.1, abs(p.x) / max(width, 0.03));
    return clamp(1.7 * core * smoothstep(-0.06, 0.08, p.y - 0.12 * p.x * p.x) * falling(0.2, 1.0, top) * (0.55 + 0.8 * sway) * (0.70 + 0.6 * lick), 0.0, 1.4);
}

vec3 flame_colour(float h) {
    vec3 c = vec3(1.25, 0.22, 0.02) * min(h * 1.4, 1.0);
    c += vec3(0.35, 0.62, 0.08) * smoothstep(0.25, 0.75, h);
    return c + vec3(0.1, 0.28, 0.55) * smoothstep(0.70, 1.25, h);
}

vec3 logs(vec3 c, vec2 u, vec2 hearth, float wide) {
    float glow = smoothstep(0.45, 0.75, noise(u * 24.0 / (0.4 + wide) + vec2(0.0, 0.2 * seconds))) * (1.0 - come(0.0, 1.0));
    for (int i = 0; i < 4; i++) {
        float angle = between(12 + i, -0.55, 0.55);
        vec2 p = turned(u - hearth - vec2(0.0, 0.02 + 0.02 * float(i % 2)), angle);
        float thick = 0.12 * wide + 0.008;
        float d = box(p, vec2(wide * 1.15, thick)) - 0.3 * thick;
        vec3 wood = vec3(0.10, 0.045, 0.03) + (firelight() * 0.75 + 1.3 * glow * ember()) * smoothstep(-0.2 * thick, thick, p.y) * falling(0.0, wide * 1.2, abs(p.x));
        c = mix(c, wood, inside(d));
    }
    return c;
}

float sparks(vec2 u, vec2 hearth, float high, float wide) {
    float sum = 0.0;
    for (int i = 0; i < 10; i++) {
        vec2 q = hash2(vec2(float(i) * 3.1, floor(draws[20] * 200.0)));
        float rise = fract(q.y + 0.45 * seconds * (0.6 + q.x));
        vec2 spark = hearth + vec2((q.x - 0.5) * (3.0 * wide + 0.2) + 0.02 * swing(0.9, q.y), rise * (high * 1.2 + 0.15));
        float size = mix(0.005, 0.011, hash(q * 50.0)) * (0.7 + 0.6 * nearness) * falling(0.85, 1.0, rise);
        sum += falling(0.3 * size, 1.4 * size, length((u - spark) * vec2(1.0, 0.7))) * step(q.x, presence);
    }
    return sum;
}

vec3 setting(vec2 u) {
    float wide = hearth_wide();
    vec2 hearth = hearth_place();
    float ground = hearth.y + mix(0.10, 0.16, nearness);
    vec3 c = backdrop(u, hearth, flames_high(), ground);
    c = mix(c, lit_ground(u, hearth, wide, ground), inside(u.y - ground - 0.02 * noise(vec2(u.x * 5.0, draws[21] * 40.0))));
    c = logs(c, u, hearth, wide);
    return c + glow((u - hearth - vec2(0.0, 0.01)) * vec2(1.0, 2.0), 0.7 * wide, ember()) * 0.45 * (1.0 - come(0.0, 1.0)) * (1.0 + 0.15 * swing(0.4, 0.0));
}

void thing(inout vec4 c, vec2 u) {
    float wide = hearth_wide() * mix(0.4, 1.0, come(0.0, 1.0));
    float high = flames_high() * come(0.0, 1.0) + 0.001;
    vec2 hearth = hearth_place();
    float rise = max(u.y - hearth.y - 0.5 * high, 0.0);
    float smoke = fbm3(vec2(u.x * 3.0 + rise * side(22), u.y * 2.4 - 0.5 * seconds) + draws[23] * 40.0) * exp(-pow((u.x - hearth.x) / (wide + 0.5 * rise), 2.0));
    shine(c, firelight() * vec3(0.45, 0.55, 0.7) * 0.7 * smoke * smoothstep(0.0, 0.3, rise) * come(0.0, 1.0));
    float h = heat((u - hearth) / vec2(wide, high));
    over(c, flame_colour(h), smoothstep(0.04, 0.40, h));
    float spark = min(sparks(u, hearth, high, wide), 1.0);
    over(c, c.rgb + vec3(1.0, 0.60, 0.22), spark);
}
