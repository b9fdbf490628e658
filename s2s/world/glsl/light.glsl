// The light of the hour: the colours of sky, sun and shaded surfaces, shared by everything in the picture.

struct Light {
    vec3 zenith;
    vec3 horizon;
    vec3 sun;     // colour of the sun, or at night of the moon
    vec3 fill;    // what a white surface looks like
    vec2 place;   // of the sun or moon
    float night;  // these three sum to one
    float gold;
    float day;
};

Light light;

Light light_at(float h) {
    float height = -cos(h / 24.0 * TAU);
    Light l;
    l.night = falling(-0.50, -0.05, height);
    l.day = smoothstep(0.12, 0.50, height);
    l.gold = 1.0 - l.night - l.day;
    float dusk = step(12.0, h);
    float hue = draws[64];

    vec3 gold_horizon = mix(mix(vec3(1.00, 0.76, 0.56), vec3(1.00, 0.64, 0.66), hue),
                            mix(vec3(1.00, 0.52, 0.16), vec3(0.98, 0.36, 0.30), hue), dusk);
    vec3 gold_zenith = mix(vec3(0.34, 0.42, 0.72), mix(vec3(0.30, 0.22, 0.50), vec3(0.16, 0.26, 0.50), hue), dusk);
    vec3 day_horizon = mix(vec3(0.78, 0.90, 0.97), vec3(0.95, 0.93, 0.82), hue);
    vec3 day_zenith = mix(vec3(0.16, 0.44, 0.86), vec3(0.30, 0.62, 0.82), hue);
    vec3 night_horizon = mix(vec3(0.14, 0.25, 0.50), vec3(0.25, 0.20, 0.46), hue);
    vec3 night_zenith = mix(vec3(0.02, 0.06, 0.20), vec3(0.07, 0.04, 0.19), hue);

    l.horizon = l.night * night_horizon + l.gold * gold_horizon + l.day * day_horizon;
    l.zenith = l.night * night_zenith + l.gold * gold_zenith + l.day * day_zenith;
    l.sun = l.night * vec3(0.88, 0.93, 1.00) + l.gold * vec3(1.00, 0.76, 0.42) + l.day * vec3(1.00, 0.97, 0.85);
    l.fill = l.night * vec3(0.34, 0.43, 0.66) + l.gold * mix(vec3(0.86, 0.70, 0.66), vec3(0.88, 0.60, 0.46), dusk)
        + l.day * vec3(1.00, 0.98, 0.93);
    float rise = l.night * 0.55 + l.day * 0.55 + l.gold * between(66, 0.08, 0.25);
    l.place = vec2(between(65, 0.12, 0.88), 0.30 + 0.45 * (rise + 0.3 * draws[67]));
    return l;
}

// Distance drains colour towards the horizon's.
vec3 hazed(vec3 c, float amount) { return mix(c, light.horizon, amount); }

// A lamp's light: bright heart, wide halo.
vec3 glow(vec2 away, float size, vec3 c) {
    float d = length(away) / size;
    return c * (exp(-d * d * 3.0) + 0.35 * exp(-d * 1.6));
}
