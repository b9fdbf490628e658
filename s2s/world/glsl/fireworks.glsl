// Fireworks: a night over a city or a harbour, rockets climbing and bursting, their light on the water; near, one burst
// fills the sky.

// They wait for the dark: noon is drawn towards dusk.
float festive_hour() { return hour < 12.0 ? 0.5 * hour : 24.0 - 0.5 * (24.0 - hour); }

float water_y() { return between(0, 0.16, 0.30); }

vec3 warm_window(float chosen) { return mix(vec3(1.0, 0.70, 0.32), vec3(1.0, 0.90, 0.66), chosen); }

// Towers rank behind rank, their windows lit.
vec3 city(vec3 c, vec2 u, float base) {
    for (int i = 0; i < 3; i++) {
        float near = float(i) / 2.0;
        float x = u.x * (15.0 - 4.0 * float(i)) + draws[1 + i] * 40.0;
        float number = floor(x);
        float chosen = hash(vec2(number, float(i) + 2.0));
        float tall = base + (0.30 - 0.10 * near) * chosen * chosen * (0.6 + 0.8 * noise(vec2(u.x * 2.0 + draws[4] * 30.0, 1.0))) + 0.03;
        float across = abs(fract(x) - 0.5);
        float crown_of = fract(chosen * 13.0) < 0.35 ? 0.06 * (0.5 - across) : 0.0;
        float mast = fract(chosen * 29.0) < 0.25 ? max(across - 0.02, u.y - tall - 0.07) * 0.08 : 9.0;
        float d = min(u.y - tall - crown_of, mast);
        vec3 wall = mix(mix(light.horizon, light.zenith, 0.5) * 0.55, vec3(0.03, 0.03, 0.07), 0.35 + 0.5 * near);
        vec2 pane = vec2(fract(x) * (4.0 + float(i)), u.y * (64.0 - 12.0 * near));
        vec2 within = abs(fract(pane) - 0.5);
        float lit = step(0.60 + 0.25 * fract(chosen * 41.0), hash(floor(pane) + number * 3.0)) * step(max(within.x, within.y), 0.27);
        wall = mix(wall, warm_window(hash(floor(pane) + 4.0)) * (0.40 + 0.35 * near), lit * (0.85 * light.night + 0.6 * light.gold) * step(across, 0.46));
        c = mix(c, wall, inside(d));
    }
    return c;
}

// A town climbing the hills of its bay, a bridge hung with lamps.
vec3 harbour(vec3 c, vec2 u, float base) {
    for (int i = 0; i < 2; i++) {
        float near = float(i);
        float line = base + (0.20 - 0.12 * near) * fbm2(vec2(u.x * (2.2 + near) + draws[5 + i] * 40.0, 3.0));
        vec3 hill = mix(mix(light.horizon, light.zenith, 0.5) * 0.45, vec3(0.03, 0.04, 0.07), 0.5 + 0.3 * near);
        vec2 grid = u * vec2(34.0, 46.0) - vec2(0.0, near * 0.5);
        vec2 lot = fract(grid) - 0.2 - 0.6 * hash2(floor(grid));
        float lamp = step(0.55 + 0.5 * (u.y - base), hash(floor(grid) + 8.0)) * exp(-dot(lot, lot) * 55.0);
        hill += warm_window(hash(floor(grid))) * lamp * (light.night + 0.6 * light.gold) * falling(0.0, 0.14, u.y - base);
        c = mix(c, hill, inside(u.y - line));
    }
    if (chance(7, 0.6)) {
        float deck = base + 0.035;
        float x = fract(u.x * 1.6 + draws[8]) - 0.5;
        float cable = deck + 0.012 + 0.55 * x * x;
        float tower = max(abs(abs(x) - 0.5) - 0.014, u.y - deck - 0.16);
        float ropes = max(abs(fract(x * 26.0) - 0.5) / 40.0 - 0.0012, max(deck - u.y, u.y - cable));
        float span = min(abs(u.y - deck) - 0.005, min(abs(u.y - cable) - 0.003, ropes));
        c = mix(c, vec3(0.08, 0.07, 0.12) + 0.12 * light.horizon, inside(min(span, max(tower, base - u.y))));
        vec2 bead = vec2(fract(x * 26.0) - 0.5, (u.y - cable) * 16.0);
        c += vec3(1.0, 0.86, 0.56) * exp(-dot(bead, bead) * 30.0) * 0.9;
    }
    return c;
}

vec3 shore(vec2 u, float base) {
    vec3 c = clear_sky(u, base);
    c = mix(c, light.zenith * 0.6, 0.5 * light.gold);
    c += vec3(0.30, 0.16, 0.10) * exp(-max(u.y - base, 0.0) * 7.0) * light.night;
    return chance(9, 0.5) ? city(c, u, base) : harbour(c, u, base);
}

float ripples(vec2 u, float base) {
    float depth = max(base - u.y, 0.0) / base;
    vec2 q = vec2((u.x - 0.5) / (depth + 0.20) * 4.0, 3.2 / (depth + 0.14)) + draws[10] * 40.0;
    return noise(q * vec2(1.0, 2.0) + vec2(0.0, seconds * 0.9)) * 0.6 + 0.4 * noise(q * vec2(2.3, 5.0) - vec2(seconds * 0.6, 0.0)) - 0.5;
}

// Waves draw what they mirror out of its shape: the water holds `drawn_out` times as much sky as it is high.
vec2 mirrored(vec2 u, float base, float drawn_out) {
    float depth = max(base - u.y, 0.0);
    float wave = ripples(u, base);
    return u.y > base ? u : vec2(u.x + (0.02 + 0.22 * depth) * wave, base + drawn_out * depth * (1.0 + 0.5 * wave));
}

// Small boats with a lantern each.
vec3 boats(vec3 c, vec2 u, float base) {
    for (int i = 0; i < 3; i++) {
        float size = between(11 + i, 0.03, 0.075);
        vec2 p = (u - vec2(between(14 + i, 0.05, 0.95), base * between(17 + i, 0.25, 0.85) + 0.003 * swing(0.24, 0.3 * float(i)))) / size;
        float hull = max(abs(p.x) - 0.75 - 0.25 * p.y, max(-p.y - 0.20, p.y - 0.08 - 0.10 * p.x * p.x));
        float sail = max(max(-p.x * 1.0 - 0.02, p.x - 0.55 * (1.5 - p.y) / 1.4), max(0.16 - p.y, p.y - 1.5));
        float mast = box(p - vec2(-0.04, 0.8), vec2(0.025, 0.8));
        c = mix(c, vec3(0.03, 0.03, 0.06) + 0.05 * light.horizon, inside(min(hull, min(mast, draws[20 + i] < 0.5 ? sail : 9.0)) * size));
        c += glow((p - vec2(0.3, 0.25)) * size, 0.018, vec3(1.0, 0.66, 0.28)) * (light.night + 0.6 * light.gold);
    }
    return c;
}

vec3 setting(vec2 u) {
    light = light_at(festive_hour());
    light.place = vec2(-1.0);
    float base = water_y();
    vec3 c = shore(mirrored(u, base, 1.2), base);
    float depth = max(base - u.y, 0.0) / base;
    if (u.y < base) c = c * mix(0.72, 0.40, depth) + mix(light.zenith, light.horizon, 0.3) * 0.10;
    return boats(c, u, base);
}

vec3 burst_colour(float chosen) {
    float pick = chosen * 7.0;
    return pick < 1.0 ? vec3(1.0, 0.25, 0.22) : pick < 2.0 ? vec3(1.0, 0.76, 0.30) : pick < 3.0 ? vec3(0.35, 1.0, 0.50) : pick < 4.0 ? vec3(0.40, 0.62, 1.0)
        : pick < 5.0 ? vec3(0.92, 0.42, 1.0) : pick < 6.0 ? vec3(1.0, 0.94, 0.84) : vec3(1.0, 0.50, 0.70);
}

// One rocket's life: it climbs, bursts, spreads, droops and fades; `turn` is its place in that life, 0 .. 1.
void rocket(inout vec4 c, vec2 u, vec2 top, float radius, float turn, float chosen, float power, float ground) {
    float climbing = turn / 0.16;
    float age = clamp((turn - 0.16) / 0.84, 0.0, 1.0);
    vec3 one = burst_colour(chosen), two = burst_colour(fract(chosen * 5.3 + 0.3));

    float head_y = mix(ground, top.y, sqrt(clamp(climbing, 0.0, 1.0)));
    vec2 climb = u - vec2(top.x + 0.006 * sine(u.y * 6.4), head_y);
    float spark = mound(climb.x * 190.0) * step(climb.y, 0.0) * exp(climb.y * 9.0) * falling(1.0, 1.3, climbing) * step(ground, u.y);
    over(c, vec3(1.0, 0.84, 0.56), min(spark, 1.0) * power);

    float willow = step(0.72, fract(chosen * 11.0));
    float ring = step(fract(chosen * 11.0), 0.20);
    float spread = 1.0 - exp(-4.2 * age);
    vec2 p = u - top;
    p.y += radius * age * (0.10 * age + (0.16 + 0.62 * willow) * min(p.x * p.x / (radius * radius), 1.5));
    float r = length(p) / radius;
    float count = 26.0 + 14.0 * floor(fract(chosen * 17.0) * 3.0);
    // Round the compass, near enough, from 0 to 4; an arc tangent for each burst would cost too much.
    float compass = p.y / (abs(p.x) + abs(p.y) + 1e-6);
    float k = (p.x < 0.0 ? 2.0 - compass : p.y < 0.0 ? 4.0 + compass : compass) * 0.25 * count;
    float ray = floor(k);
    float odd = hash(vec2(ray, floor(chosen * 90.0)));
    float reach = spread * (ring > 0.5 ? 0.92 : odd < 0.30 ? 0.45 + odd : 0.78 + 0.22 * odd);
    float across = abs(fract(k) - 0.5 - 0.35 * (odd - 0.5)) / count * TAU * max(r, 0.02);
    float tail = mix(0.30 + 0.25 * odd, 0.75, willow) * (1.0 - 0.8 * ring);
    float along = (reach - r) / max(tail * spread, 0.02);
    float twinkle = 0.55 + 0.45 * swing(5.0, odd * 15.0);
    float fading = (1.0 - smoothstep(0.55, 1.0, age)) * step(0.16, turn);
    float streak = falling(0.006, 0.026, across) * step(0.0, along) * falling(0.0, 1.0, along) * (0.35 + 0.65 * twinkle * age + 0.4 * (1.0 - age));
    float tip = mound(length(vec2(across, 0.8 * (r - reach))) / 0.030) * (0.7 + 0.5 * twinkle);
    float bright = (streak + tip) * fading * power;
    vec3 hue = mix(mix(one, two, step(odd, 0.45)), vec3(1.0, 0.78, 0.40), willow);
    over(c, min(mix(hue, vec3(1.0), 0.55 * clamp(tip + 0.6 * (1.0 - age), 0.0, 1.0)) * 1.05, 1.0), min(bright, 1.0));

    float smoke = falling(0.1, 1.15, r / max(spread, 0.05));
    over(c, mix(light.horizon * 0.4, hue, 0.35), 0.12 * smoke * power * fading);
    float flash = exp(-age * 7.0) * step(0.16, turn);
    shine(c, mix(hue, vec3(1.0), 0.5 * flash) * power * fading * (0.16 + 0.55 * flash) * exp(-r * 1.5));
}

void display(inout vec4 c, vec2 u, float ground) {
    float largest = mix(0.12, 0.38, nearness);
    for (int i = 0; i < 5; i++) {
        // Every rocket comes again, elsewhere and in another colour.
        float lives = seconds / between(24 + i, 1.9, 3.1) + draws[29 + i] + 0.20 * float(i);
        float life = floor(lives);
        vec2 place = hash2(vec2(life * 3.0 + float(i) * 7.0, floor(draws[34] * 90.0)));
        float radius = largest * (i == 0 ? 1.0 : 0.5 + 0.4 * hash(vec2(life + 2.0, float(i) + draws[35] * 40.0)));
        vec2 top = vec2(0.5 + (fract(place.x + 0.31 * float(i)) - 0.5) * 0.90, mix(mix(0.52, 0.92, place.y), mix(0.62, 0.80, place.y), nearness));
        if (i == 0) top.x = mix(top.x, 0.5, 0.6);
        float weight = smoothstep(0.12 * float(i), 0.12 * float(i) + 0.45, presence);
        // The first ones are seen in their bloom, that no moment of the feast is dark.
        float turn = i < 2 ? mix(0.24, 0.80, fract(lives)) : fract(lives);
        rocket(c, u, top, radius * mix(0.35, 1.0, weight), turn, hash(vec2(life + 11.0, float(i) * 3.0 + floor(draws[36] * 90.0))), weight, ground);
    }
}

void thing(inout vec4 c, vec2 u) {
    float base = water_y();
    if (layer == 1) {
        display(c, u, 0.0);
        return;
    }
    bool wet = u.y < base;
    vec4 drawn = wet ? vec4(0.0) : c;
    display(drawn, mirrored(u, base, 3.0), base);
    if (wet) {
        float depth = (base - u.y) / base;
        c = c * (1.0 - 0.6 * drawn.a) + drawn * mix(0.85, 0.45, depth);
    } else {
        c = drawn;
    }
}
