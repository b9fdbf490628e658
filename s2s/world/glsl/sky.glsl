// The sky above a horizon: gradient, sun or moon, stars, clouds.

vec3 stars(vec2 u) {
    vec2 grid = u * 26.0;
    vec2 cell = floor(grid);
    vec2 place = 0.2 + 0.6 * hash2(cell + floor(draws[68] * 60.0));
    float bright = hash(cell + 7.0 + floor(draws[69] * 60.0));
    float star = exp(-dot(grid - cell - place, grid - cell - place) * 60.0);
    return vec3(0.85, 0.92, 1.0) * star * smoothstep(0.72, 1.0, bright);
}

vec3 clear_sky(vec2 u, float horizon) {
    float height = clamp((u.y - horizon) / (1.05 - horizon), 0.0, 1.0);
    vec3 c = mix(light.horizon, light.zenith, pow(height, 0.6));
    vec2 away = u - light.place;
    float d = length(away);
    c += light.sun * (0.30 * exp(-d * 4.0) + 0.30 * exp(-d * 12.0)) * (0.5 + 0.5 * light.gold + 0.2 * light.day);
    c += light.night * stars(u) * smoothstep(0.05, 0.4, height);
    float radius = between(70, 0.035, 0.065);
    return mix(c, light.sun * 1.08, inside(d - radius));
}

// cover: 0 no cloud .. 1 closed; puffed gives heaps, drawn-out noise gives veils.
vec3 cloudy_sky(vec2 u, float horizon, float cover) {
    vec3 c = clear_sky(u, horizon);
    float height = max(u.y - horizon, 0.0);
    vec2 q = vec2(u.x * 2.4 - 0.02 * seconds, height * 6.0) / (0.45 + height) + vec2(draws[71], draws[72]) * 40.0;
    float mass = fbm4(q + 0.5 * noise(q * 1.7));
    float mask = smoothstep(0.74 - 0.42 * cover, 0.92 - 0.30 * cover, mass);
    vec2 to_sun = vec2(clamp(1.5 * (light.place.x - u.x), -0.35, 0.35), 0.35);
    float shade = smoothstep(-0.12, 0.16, mass - fbm2(q + to_sun));
    vec3 lit = mix(light.horizon, light.sun, 0.55) * (0.45 + 0.6 * light.day + 0.5 * light.gold);
    vec3 dark = mix(light.zenith, light.horizon, 0.42) * 0.85;
    return mix(c, mix(dark, lit, shade), 0.9 * mask);
}

vec3 sky(vec2 u, float horizon) { return cloudy_sky(u, horizon, draws[73]); }
