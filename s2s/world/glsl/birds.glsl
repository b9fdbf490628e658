// Birds: songbirds on a blossoming or leafy branch before a soft garden, a flock far off. They fly in to sing.

vec3 garden(vec2 u) {
    vec3 leaf = mix(vec3(0.62, 0.80, 0.36), season_leaf(0), 0.35);
    vec3 far = mix(leaf, light.horizon, 0.35) * (0.30 + 0.72 * light.fill);
    vec3 above = mix(light.horizon, light.zenith, 0.35 * u.y);
    vec3 c = mix(far, above, smoothstep(between(1, 0.15, 0.35), between(2, 0.55, 0.8), u.y + 0.25 * (fbm2(u * 2.2 + draws[3] * 40.0) - 0.5)));
    for (int i = 0; i < 9; i++) {
        vec2 q = hash2(vec2(float(i) * 5.3, floor(draws[4] * 200.0)));
        float radius = 0.06 + 0.11 * hash(q * 70.0);
        vec3 spot = mix(leaf * (0.4 + 0.7 * light.fill), mix(light.sun, vec3(1.0, 0.78, 0.82), draws[5]), hash(q * 90.0));
        c = mix(c, spot, 0.30 * softly(length(u - q * vec2(1.0, 0.8)) - radius, 0.03));
    }
    return c;
}

// Over another place the branch keeps to the lower edge and the birds to one side.
float branch_line(float x) {
    float line = layer == 1 ? between(9, 0.05, 0.14) : between(9, 0.20, 0.42);
    return line + between(10, -0.28, 0.28) * (x - 0.5) * (layer == 1 ? 0.4 : 1.0) + 0.05 * sine(0.796 * x + draws[11]);
}

void twigs(inout vec4 c, vec2 u, int tufts) {
    float thick = 0.016 + 0.016 * (draws[10] < 0.5 ? 1.0 - u.x : u.x) + 0.012 * nearness;
    vec3 bark = vec3(0.26, 0.17, 0.12) * (0.35 + 0.65 * light.fill);
    float d = abs(u.y - branch_line(u.x)) - thick;
    for (int i = 0; i < tufts / 3; i++) {
        float x = between(12 + i, 0.05, 0.95);
        vec2 foot = vec2(x, branch_line(x));
        d = min(d, stroke(u, foot, foot + vec2(between(15 + i, -0.2, 0.2), between(18 + i, -0.24, 0.30)), 0.013, 0.005));
    }
    float leaves = noise(u * 26.0 + draws[11] * 30.0);
    over(c, bark * (0.7 + 0.6 * leaves), inside(d));
    bool blooming = chance(21, 0.5);
    vec3 bloom = blooming ? mix(vec3(1.0, 0.72, 0.80), vec3(1.0, 0.95, 0.92), draws[22]) : season_leaf(0) * 1.15;
    float sway = 0.004 * swing(0.4, 0.0);
    for (int i = 0; i < tufts; i++) {
        float x = between(23 + i, 0.0, 1.0);
        vec2 q = u - vec2(x + sway, branch_line(x) + between(32 + i, -0.20, 0.22));
        float size = 0.055 + 0.045 * draws[41 + i];
        vec3 tuft = bloom * (0.30 + 0.72 * light.fill) * (0.72 + 0.5 * leaves) * (0.86 + 0.24 * smoothstep(-size, size, q.y));
        over(c, tuft, inside(disc(q * vec2(0.75, 1.0), size * (0.45 + 0.9 * leaves))));
    }
}

vec3 setting(vec2 u) {
    vec4 c = vec4(garden(u), 1.0);
    twigs(c, u, 9);
    return c.rgb;
}

// A bird one unit long on p = (0, 0), looking towards +x. flying 1 spreads a wing, 0 folds it; singing opens the beak.
vec4 songbird(vec2 p, vec3 back, vec3 breast, float flying, float flap, float singing) {
    p = turned(p, -0.35 * flying);
    vec2 q = turned(p - vec2(0.0, 0.24), 0.55);
    float body = ellipse(q, vec2(0.31, 0.215));
    float head = disc(p - vec2(0.20, 0.47), 0.155);
    float tail = stroke(p, vec2(-0.16, 0.14), vec2(-0.56, -0.16), 0.085, 0.05);
    float beak = min(stroke(p, vec2(0.32, 0.50), vec2(0.47, 0.50 + 0.07 * singing), 0.035, 0.004), stroke(p, vec2(0.32, 0.46), vec2(0.46, 0.49 - 0.06 * singing), 0.03, 0.004));
    float legs = stroke(p, vec2(0.04, 0.06), mix(vec2(0.05, -0.02), vec2(-0.04, 0.06), flying), 0.02, 0.02);
    float whole = min(min(body, head), tail);
    float front = smoothstep(-0.05, 0.09, dot(p - vec2(0.06, 0.26), vec2(0.86, -0.42)));
    vec3 c = mix(back, breast, front);
    c = mix(c, breast * 0.5 + 0.5, 0.7 * falling(-0.02, 0.05, disc(p - vec2(0.10, 0.12), 0.10)));
    c = mix(c, back, falling(0.0, 0.015, head) * smoothstep(0.47, 0.50, p.y));
    vec2 raised = turned(p - vec2(-0.02, 0.34), 1.9 + 0.8 * flap);
    float spread = max(ellipse(raised - vec2(0.30, 0.0), vec2(0.34, 0.13)), 0.5 - flying);
    float wing = mix(ellipse(turned(p - vec2(-0.07, 0.24), 0.62), vec2(0.25, 0.12)), spread, flying);
    c = mix(c, back * 0.62, falling(-0.02, 0.01, wing));
    c = mix(c, vec3(0.02), falling(0.0, 0.015, disc(p - vec2(0.245, 0.50), 0.028)));
    c *= 0.85 + 0.35 * smoothstep(0.0, 0.6, p.y);
    float outside = min(whole, spread);
    c = mix(c, vec3(0.16, 0.11, 0.07), smoothstep(0.005, 0.02, outside));
    c = mix(c, vec3(0.95, 0.60, 0.12), falling(0.0, 0.015, beak) * smoothstep(-0.01, 0.005, outside));
    return vec4(c, inside(min(min(outside, beak), legs)));
}

float flock(vec2 u, float size) {
    float sum = 0.0;
    vec2 middle = vec2(between(7, 0.2, 0.8) + 0.02 * seconds - 1.3 * (1.0 - come(0.0, 1.0)), between(8, 0.70, 0.88));
    for (int i = 0; i < 7; i++) {
        vec2 q = hash2(vec2(float(i) * 7.7, floor(draws[6] * 200.0)));
        vec2 p = (u - middle - (q - 0.5) * vec2(0.55, 0.22)) / size;
        float beat = 0.65 + 0.35 * sine(0.25 + 2.2 * seconds * (0.9 + 0.2 * q.y));
        float wing = abs(p.y - beat * (0.55 * sqrt(abs(p.x) + 0.01) - 0.5 * abs(p.x))) - 0.13 * (1.2 - abs(p.x));
        sum = max(sum, inside(max(wing, abs(p.x) - 1.0) * size));
    }
    return sum;
}

void thing(inout vec4 c, vec2 u) {
    over(c, light.zenith * 0.35, flock(u, between(50, 0.03, 0.05)) * step(draws[51], 0.7));
    // Over another place they bring their branch, which rises into view before them.
    vec2 lift = vec2(0.0, layer == 1 ? 0.4 * (1.0 - come(0.0, 0.4)) : 0.0);
    vec4 branch = vec4(0.0);
    twigs(branch, u + lift, layer == 1 ? 9 : 0);
    bring(c, branch.rgb / max(branch.a, 0.01), branch.a);

    float pick = draws[52] * 5.0;
    vec3 back = pick < 1.0 ? vec3(0.42, 0.30, 0.20) : pick < 2.0 ? vec3(0.22, 0.42, 0.70) : pick < 3.0 ? vec3(0.16, 0.15, 0.18)
        : pick < 4.0 ? vec3(0.55, 0.52, 0.22) : vec3(0.50, 0.40, 0.34);
    vec3 breast = pick < 1.0 ? vec3(0.94, 0.40, 0.12) : pick < 2.0 ? vec3(0.98, 0.84, 0.25) : pick < 3.0 ? vec3(0.95, 0.92, 0.86)
        : pick < 4.0 ? vec3(0.96, 0.86, 0.40) : vec3(0.86, 0.32, 0.30);
    vec3 lit = 0.32 + 0.70 * light.fill;
    for (int i = 0; i < 3; i++) {
        float size = mix(0.20, layer == 1 ? 0.50 : 0.72, nearness) * (i == 0 ? 1.0 : 0.72);
        float x = i == 0 ? between(53, 0.32, 0.68) : between(53 + i, 0.06, 0.94);
        if (layer == 1) x = (i == 0 ? 0.22 : i == 1 ? 0.46 : 0.90) + between(53 + i, -0.06, 0.06);
        if (layer == 1 && chance(51, 0.5)) x = 1.0 - x;
        float arrived = arrive(0.06 * float(i), 0.88 + 0.06 * float(i));
        float flying = falling(0.92, 0.995, arrived);
        vec2 away = (1.0 - arrived) * vec2(-(1.1 + size) * side(56 + i), 0.40);
        vec2 p = (u + lift - vec2(x, branch_line(x) + 0.018) - away) / size;
        p.x *= side(56 + i);
        p = turned(p, 0.05 * swing(0.6, 0.37 * float(i)) * (1.0 - flying));
        float singing = come(0.85, 1.0) * (0.55 + 0.45 * swing(2.1, 0.25 + 0.31 * float(i)));
        vec4 bird = songbird(p, back * lit, breast * lit, flying, swing(3.7, 0.3 * float(i)), singing);
        over(c, bird.rgb, bird.a * step(float(i), 0.5 + 2.4 * draws[59] * (1.0 - 0.6 * nearness)));
    }
}
