// Waterfall: a river falling from a wooded cliff into its pool; near, the curtain and its spray fill the picture.

float lip() { return mix(between(0, 0.70, 0.80), 1.10, nearness * nearness); }

float pool() { return mix(between(1, 0.24, 0.32), 0.17, nearness); }

float column() { return mix(between(2, 0.22, 0.78), 0.5, 0.6 * nearness); }

float half_width() { return mix(0.050, 0.22, nearness) * between(3, 0.7, 1.8); }

vec3 leaf_colour() { return mix(vec3(0.14, 0.40, 0.14), season_leaf(4), 0.65); }

vec3 rock(vec2 u, float away) {
    float zoom = mix(1.0, 0.72, nearness);
    vec2 q = (u - vec2(column(), pool())) * zoom * mix(vec2(9.0, 5.0), vec2(4.0, 11.0), step(0.5, draws[5])) + draws[6] * 40.0;
    q += 0.5 * noise(q * 0.8);
    float sunward = light.place.x < column() ? -1.0 : 1.0;
    float mass = fbm4(q);
    float lit = smoothstep(-0.10, 0.16, mass - fbm3(q + vec2(0.28 * sunward, 0.34)));
    float pick = draws[7] * 3.0;
    vec3 pale = pick < 1.0 ? vec3(0.62, 0.60, 0.56) : pick < 2.0 ? vec3(0.76, 0.52, 0.38) : vec3(0.46, 0.50, 0.54);
    vec3 c = mix(pale * vec3(0.34, 0.35, 0.42), pale, lit) * (0.60 + 0.75 * mass);
    c *= 0.86 + 0.28 * noise(q * vec2(3.1, 5.3));
    float moss = smoothstep(0.48, 0.66, fbm3(q * vec2(0.7, 1.3) + 7.0)) * (0.35 + 0.65 * lit);
    c = mix(c, leaf_colour() * (0.35 + 0.9 * mass), 0.8 * moss);
    return c * light.fill * mix(0.50, 1.0, smoothstep(0.0, 0.30, away));
}

float cliff_top(float x) {
    float away = abs(x - column()) / (half_width() + 0.02);
    float rise = x < column() ? between(63, 0.02, 0.22) : 0.24 - between(63, 0.02, 0.22);
    return lip() + rise * smoothstep(1.0, 3.2, away) + 0.06 * (noise(vec2(x * 5.0, draws[8] * 40.0)) - 0.4) * step(1.0, away);
}

vec3 pool_water(vec2 u, vec3 leaf) {
    float depth = (pool() - u.y) / pool();
    vec2 q = vec2((u.x - 0.5) / (depth + 0.25) * 2.2, 2.4 / (depth + 0.22)) + draws[9] * 40.0;
    float ripple = fbm3(q * vec2(1.0, 2.0));
    vec3 deep = mix(vec3(0.04, 0.24, 0.24), leaf * 0.45, 0.35) * light.fill;
    vec3 c = mix(deep, mix(light.horizon, light.zenith, 0.4) * 0.9, 0.25 + 0.45 * smoothstep(0.40, 0.66, ripple));
    return c * (0.75 + 0.35 * depth);
}

vec3 boulders(vec3 c, vec2 u) {
    for (int i = 0; i < 5; i++) {
        float out_by = half_width() * 1.1 + draws[20 + i] * 0.34;
        vec2 p = u - vec2(column() + (i % 2 == 0 ? out_by : -out_by), pool() - 0.03 - 0.16 * draws[27 + i] * draws[20 + i]);
        float size = between(34 + i, 0.035, 0.085) * mix(1.0, 1.5, nearness);
        float d = ellipse(p, vec2(size * 1.2, size * 0.8)) + 0.35 * size * (noise(p / size * 2.2 + float(i) * 9.0) - 0.5);
        vec3 stone = mix(vec3(0.14, 0.15, 0.15), vec3(0.58, 0.57, 0.52), smoothstep(-0.5, 0.9, p.y / size));
        stone = mix(stone, leaf_colour(), 0.55 * smoothstep(0.2, 0.7, p.y / size) * draws[41]);
        c = mix(c, stone * light.fill, inside(d));
        c = mix(c, vec3(0.9) * light.fill, 0.35 * softly(abs(p.y + 0.66 * size) - 0.003, 0.006) * step(abs(p.x), size));
    }
    return c;
}

vec3 bank(vec3 c, vec2 u, vec3 leaf) {
    for (int i = 0; i < 5; i++) {
        float inward = 0.30 * draws[42 + i] * draws[42 + i] - 0.06;
        vec2 at_bush = vec2(draws[42 + i] < 0.5 + 0.2 * (draws[10] - 0.5) ? inward : 1.0 - inward, between(48 + i, -0.02, 0.36) * (1.0 - 2.0 * max(inward, 0.0)));
        vec2 p = u - at_bush;
        float size = between(54 + i, 0.10, 0.17);
        float d = crown(p, size, draws[42 + i]);
        float leaves = noise(p * 40.0 + float(i) * 7.0);
        vec3 green = leaf * light.fill * (0.22 + 0.55 * smoothstep(-0.6, 1.0, p.y / size)) * (0.7 + 0.6 * leaves);
        c = mix(c, green, inside(d));
    }
    return c;
}

vec3 setting(vec2 u) {
    vec3 leaf = leaf_colour();
    vec3 c = sky(u, 0.45);
    float top = cliff_top(u.x);
    c = hills(c, u, lip() - 0.06, 0.30, 2.0, draws[10], hazed(leaf * light.fill * 0.6, 0.5));
    for (int i = 0; i < 2; i++) {
        float wood = firs(u - vec2(0.0, top - 0.02 + 0.05 * float(1 - i)), 11.0 - 2.0 * float(i), 0.17, draws[11 + i] * 20.0);
        c = mix(c, hazed(leaf * light.fill * (0.42 + 1.6 * max(u.y - top, 0.0)), 0.40 - 0.3 * float(i)), wood * step(top - 0.05, u.y));
    }
    float away = abs(u.x - column()) - half_width();
    c = mix(c, rock(u, max(away, 0.0) + 0.10), inside(u.y - top));
    float bed = softly(away - 0.02, 0.05) * step(u.y, lip());
    c = mix(c, c * vec3(0.42, 0.45, 0.50), 0.8 * bed);
    float shore = pool() + 0.03 * (noise(vec2(u.x * 7.0, draws[13] * 40.0)) - 0.5) + 0.06 * smoothstep(0.12, 0.45, away);
    c = mix(c, pool_water(u, leaf), inside(u.y - shore));
    c = boulders(c, u);
    return bank(c, u, leaf);
}

void falling_water(inout vec4 c, vec2 u) {
    float drop = max(lip() - u.y, 0.0);
    float high = lip() - pool();
    float ledge = high * between(14, 0.30, 0.60);
    float spread = half_width() * (1.0 + 0.35 * smoothstep(0.0, high, drop) + between(15, 0.0, 0.45) * smoothstep(ledge, ledge + 0.06, drop));
    spread *= mix(0.25, 1.0, smoothstep(0.3, 1.0, presence));
    float x = (u.x - column() + 0.04 * half_width() * (noise(vec2(u.y * 16.0, seconds * 3.0)) - 0.5)) / spread;
    // Some falls are parted by a rock in their middle.
    float part = between(62, 0.08, 0.22);
    if (chance(61, 0.25)) x = (abs(x) - 0.5 - 0.5 * part) / (0.5 - 0.5 * part);
    float fallen = sqrt(drop + 0.015) / sqrt(0.55 + 0.5 * nearness);
    float strands = noise(vec2(x * 6.0 + draws[16] * 30.0, fallen * 7.0 - seconds * 5.0));
    strands = 0.55 * strands + 0.45 * noise(vec2(x * 17.0 + 9.0, fallen * 15.0 - seconds * 11.0 + draws[17] * 30.0));
    float ragged = 1.0 - 0.22 * noise(vec2(fallen * 9.0 - seconds * 4.0, x < 0.0 ? 3.0 : 8.0)) - 0.14 * noise(vec2(x * 19.0, fallen * 5.0 - seconds * 4.0));
    float front = mix(0.0, high + 0.02, smoothstep(0.0, 0.65, presence));
    float body = falling(ragged - 0.22, ragged, abs(x)) * step(u.y, lip() + 0.006) * falling(front - 0.10 * high, front, drop);
    vec3 white = vec3(0.94, 0.98, 1.0) * (0.22 + 0.82 * light.fill);
    vec3 blue = mix(vec3(0.36, 0.58, 0.66), light.zenith, 0.3) * (0.20 + 0.75 * light.fill);
    vec3 water = mix(blue, white, smoothstep(0.24, 0.72, strands + 0.10 * smoothstep(0.0, high, drop)));
    water *= 0.86 + 0.22 * noise(vec2(x * 2.6 + draws[17] * 30.0, fallen * 2.0 - seconds * 1.4));
    water *= 0.84 + 0.20 * smoothstep(0.10, 0.9, abs(x)) + 0.14 * mound((drop - ledge) * 16.0);
    over(c, water, body * (0.82 + 0.18 * strands) * step(pool() - 0.02, u.y));
}

void spray(inout vec4 c, vec2 u) {
    float arrived = smoothstep(0.45, 1.0, presence);
    vec2 p = u - vec2(column(), pool());
    float wide = half_width() * 1.9 + 0.05;
    vec2 q = p * vec2(7.0, 9.0) / mix(0.7, 1.2, nearness);
    float cloud = fbm3(q + vec2(0.3 * sin(seconds), -seconds * 1.3) + draws[18] * 40.0);
    float mist = mound((p.x / wide) * 1.14) * mound(max(p.y + 0.01, -2.0 * p.y) / (0.09 + 0.20 * nearness));
    vec3 white = vec3(0.96, 0.98, 1.0) * (0.26 + 0.76 * light.fill);
    over(c, white, arrived * clamp(mist * (0.35 + 1.2 * cloud), 0.0, 0.92));

    float depth = max(-p.y, 0.0) / pool();
    float out_by = length(p * vec2(1.0, 3.2));
    vec2 swell = vec2(atan(p.x, -3.2 * p.y) * 3.0, out_by * 22.0 - seconds * 2.2) + draws[19] * 40.0;
    float foam = smoothstep(0.42, 0.75, fbm2(swell)) * exp(-out_by / (wide * 0.9));
    over(c, white, arrived * foam * step(p.y, 0.0) * 0.85 * falling(0.5, 1.2, depth));

    // In some takes a bow stands in the spray, across from the sun.
    float from_bow = (length(p - vec2(0.16 * (light.place.x < column() ? 1.0 : -1.0), -0.12)) - 0.34 - 0.10 * nearness) * 24.0;
    vec3 bow = clamp(1.2 - abs(from_bow - vec3(0.7, 0.0, -0.7)) * 1.3, 0.0, 1.0);
    float damp = mound((p.y - 0.06) * 5.0) * smoothstep(-0.02, 0.05, p.y) * step(draws[60], 0.4);
    shine(c, bow * 0.15 * arrived * damp * (light.day + 0.5 * light.gold));
}

void thing(inout vec4 c, vec2 u) {
    falling_water(c, u);
    spray(c, u);
}
