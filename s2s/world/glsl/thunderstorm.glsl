// Thunderstorm: clouds lit from within, a bolt that strikes nearer and thicker, dark land or sea below.

vec3 storm_tint() {
    vec3 violet = mix(vec3(0.15, 0.17, 0.34), vec3(0.27, 0.15, 0.40), draws[0]);
    vec3 slate = vec3(0.24, 0.31, 0.36);
    return mix(violet, slate, 0.6 * light.day + 0.2 * light.gold) + light.gold * vec3(0.10, 0.03, 0.0);
}

// Over another place the bolt stays in its sky.
float ground_line() { return layer == 1 ? 0.45 : between(26, 0.14, 0.32); }

// A strike lasts most of a second; the next falls somewhere else.
float strike_number() { return floor(1.1 * seconds); }

vec2 strike_foot() {
    float x = between(27, 0.20, 0.80) + 0.37 * fract(0.618 * strike_number());
    return vec2(x > 0.80 ? x - 0.60 : x, ground_line());
}

// The light of the bolt now: it flares and dies down, but is never quite gone while the storm is there. It flickers by
// less than a flash is (WCAG 2.3.1): a stroke each second is one, seven flickers a second would be too many.
float flare() {
    float age = fract(1.1 * seconds);
    return mix(0.45, 1.0, exp(-3.0 * age)) * (0.95 + 0.05 * cos(40.0 * age)) * come(0.45, 0.8);
}

float cloud_mass(vec2 u) {
    vec2 q = vec2(u.x * 1.9 - 0.05 * seconds, u.y * 2.8) + vec2(draws[1], draws[2]) * 40.0;
    return fbm4(q + 1.2 * noise(q * 1.3));
}

vec3 cloud_colour(float mass) { return storm_tint() * (0.30 + 1.7 * mass * mass); }

bool at_sea() { return chance(22, 0.5); }

// Where the sky ends at x: the sea's rim, or a ridge and its trees.
float skyline(float x) {
    float rise = 0.10 * (noise(vec2(x * 3.0, draws[24] * 40.0)) - 0.5);
    float trees = 0.07 * smoothstep(0.35, 0.8, noise(vec2(x * 11.0, draws[25] * 40.0)));
    return ground_line() + (at_sea() ? 0.0 : rise + trees);
}

vec3 below(vec2 u, float gloom) {
    float ground = ground_line();
    float depth = max(ground - u.y, 0.0) / ground;
    vec2 q = vec2((u.x - 0.5) / (depth + 0.12), 2.2 / (depth + 0.12)) * 1.6 + draws[23] * 40.0;
    float grain = fbm3(q + (at_sea() ? vec2(0.0, 0.5 * seconds) : vec2(0.0)));
    float near_strike = exp(-abs(u.x - strike_foot().x) * 3.5) * mix(0.45, 1.35, nearness) * flare();
    if (at_sea()) {
        vec3 tint = mix(mix(light.zenith, light.horizon, 0.5) * 0.9, storm_tint(), gloom);
        return tint * (0.25 + 1.1 * grain) + vec3(0.7, 0.7, 1.0) * near_strike * smoothstep(0.45, 0.8, grain) * 0.6;
    }
    vec3 calm = mix(vec3(0.30, 0.40, 0.20), vec3(0.48, 0.38, 0.20), draws[25]) * light.fill * (0.45 + 0.8 * grain);
    vec3 land = mix(hazed(calm, 0.3 * falling(0.0, 0.3, depth)), storm_tint() * 0.22, gloom);
    return land + vec3(0.25, 0.24, 0.36) * near_strike * smoothstep(ground - 0.25, ground, u.y) * 0.8;
}

vec3 setting(vec2 u) {
    float ground = ground_line();
    // The dark comes down from above.
    float gloom = smoothstep(0.0, 1.0, 2.0 * come(0.0, 0.7) - (1.0 - u.y));
    vec3 dark = cloud_colour(cloud_mass(u)) + storm_tint() * 0.9 * exp(-max(u.y - ground, 0.0) * 6.0);
    return mix(mix(sky(u, ground), dark, gloom), below(u, gloom), inside(u.y - skyline(u.x)));
}

// Distance from the bolt that falls from head towards foot.
float bolt_distance(vec2 u, vec2 head, vec2 foot, float wild, float row) {
    float t = clamp((head.y - u.y) / (head.y - foot.y), 0.0, 1.0);
    float path = mix(head.x, foot.x, t) + wild * (zigzag(u.y * 7.0 + row, row) - 0.5)
        + 0.35 * wild * (zigzag(u.y * 23.0, row + 5.0) - 0.5);
    float beyond = max(u.y - head.y, max(foot.y, mix(1.0, 0.0, come(0.45, 0.8))) - u.y);
    return max(abs(u.x - path) * 0.9, beyond);
}

void bolts(inout vec4 c, vec2 u) {
    vec2 strike = strike_foot() - vec2(0.0, 0.02);
    float again = 13.0 * strike_number();
    float thick = mix(0.004, 0.022, nearness * nearness) * mix(0.5, 1.0, flare());
    vec2 head = vec2(strike.x + between(4, -0.12, 0.12), 1.05);
    float d = bolt_distance(u, head, strike, 0.22, floor(draws[5] * 90.0) + again);
    float core = falling(0.6 * thick, 1.6 * thick, d);
    float halo = 0.55 * exp(-d / (2.5 * thick + 0.012));
    for (int i = 0; i < 3; i++) {
        vec2 fork = vec2(strike.x + between(6 + i, -0.05, 0.05), between(9 + i, 0.50, 0.95));
        vec2 end = fork + vec2(between(12 + i, -0.42, 0.42), -between(15 + i, 0.15, 0.40));
        float e = bolt_distance(u, fork, end, 0.14, floor(draws[18 + i] * 90.0) + again);
        float thin = max(thick * 0.55, 0.7 * pixel);
        float there = step(float(i), 0.3 + 2.9 * max(nearness, draws[21]));
        core = max(core, there * falling(0.5 * thin, 1.8 * thin, e) * 0.9);
        halo += there * 0.3 * exp(-e / (2.0 * thin + 0.008));
    }
    shine(c, mix(vec3(0.66, 0.62, 1.0), vec3(1.0), min(core + halo, 1.0)) * halo * flare());
    over(c, mix(vec3(0.84, 0.82, 1.0), vec3(1.0), flare()), min(core * (0.5 + flare()), 1.0) * come(0.45, 0.5));
}

void thing(inout vec4 c, vec2 u) {
    float mass = cloud_mass(u);
    float in_sky = layer == 0 ? inside(skyline(u.x) - u.y) : 1.0;
    float above = smoothstep(0.0, 1.0, 2.0 * come(0.0, 0.7) - (1.0 - u.y)) * in_sky;
    float bank = above * smoothstep(mix(0.62, 0.18, nearness), mix(1.05, 0.62, nearness), u.y + 0.5 * (mass - 0.5));
    over(c, cloud_colour(mass), mix(0.6, 0.96, nearness) * bank);

    vec2 strike = strike_foot();
    float lit = exp(-length((u - vec2(strike.x, 0.85)) * vec2(1.2, 1.0)) * 2.4);
    vec3 flash = mix(vec3(0.62, 0.66, 1.0), vec3(0.95, 0.74, 1.0), draws[3]);
    shine(c, flash * lit * mix(0.45, 1.35, nearness) * smoothstep(0.28, 0.75, mass) * flare() * in_sky);

    float slant = between(28, -0.5, 0.5);
    float curtain = noise(vec2((u.x + u.y * slant) * 9.0 + draws[29] * 40.0, u.y * 0.8 + 0.7 * seconds));
    over(c, storm_tint() * 0.15, 0.45 * smoothstep(0.40, 0.75, curtain) * falling(0.35, 0.75, u.y) * above * come(0.3, 1.0));
    bolts(c, u);
    shine(c, vec3(0.07, 0.06, 0.12) * nearness * flare());
}
