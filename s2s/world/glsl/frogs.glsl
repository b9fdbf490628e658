// Frogs: a still pond of lily pads and lotus under the reeds, frogs calling with their throats blown up; near, one
// great frog looks at us.

float far_shore() { return between(0, 0.64, 0.86); }

vec3 pond_leaf() { return mix(vec3(0.30, 0.52, 0.16), vec3(0.16, 0.46, 0.30), draws[1]); }

// Depth of the pond's surface below a pixel: 1 at the lower edge, 0 at the far shore.
float depth_at(float y) { return clamp((far_shore() - y) / far_shore(), 0.0, 1.0); }

vec3 shore(vec2 u, float up) {
    vec3 mist = mix(light.horizon, vec3(0.80, 0.86, 0.62), 0.30);
    vec3 c = mix(mist, mix(light.horizon, light.zenith, 0.55), smoothstep(0.0, 0.5, up));
    c = mix(c, hazed(pond_leaf() * light.fill * 0.7, 0.55), falling(-0.02, 0.02, up - 0.07 - 0.14 * fbm3(vec2(u.x * 4.0, draws[2] * 40.0))));
    float far_trees = crown(vec2(u.x - between(3, 0.0, 1.0), up - 0.10), between(4, 0.10, 0.2), draws[5]);
    c = mix(c, hazed(pond_leaf() * light.fill * 0.5, 0.35), softly(far_trees, 0.02));
    float reeds = blades(vec2(u.x, up), 26.0, 0.20, between(6, -0.3, 0.3), draws[7] * 20.0);
    return mix(c, pond_leaf() * light.fill * (0.35 + 1.2 * up), 0.9 * reeds);
}

// The far shore and its image in the pond.
vec3 pond(vec2 u) {
    float depth = depth_at(u.y);
    vec2 q = vec2((u.x - 0.5) / (depth + 0.18) * 2.0, 2.0 / (depth + 0.16)) + draws[8] * 40.0;
    float ripple = fbm3(q * vec2(0.8, 1.6) + vec2(0.0, 0.12 * seconds)) - 0.5;
    float below = far_shore() - u.y;
    float wet = step(0.0, below);
    float up = mix(-below, max(0.9 * below + 0.05 * ripple, 0.0), wet);
    vec3 c = shore(vec2(u.x + 0.04 * ripple * wet, up), up);
    vec3 deep = mix(vec3(0.02, 0.13, 0.12), vec3(0.08, 0.16, 0.06), draws[9]) * (0.25 + 0.75 * light.fill);
    vec3 water = mix(c, deep, mix(0.42, 0.82, depth));
    water += light.sun * 0.14 * exp(-abs(u.x - light.place.x) * 9.0) * smoothstep(0.02, 0.20, ripple);
    return mix(c, water * (1.0 + 0.3 * ripple), wet);
}

// A pad around p = (0, 0) on the water, seen under a low angle, as wide as 2 * size.
void pad(inout vec3 c, vec2 p, float size, float turn, float chosen) {
    vec2 q = p / vec2(size, size * 0.40);
    float angle = atan(q.y, q.x) - turn;
    float r = length(q);
    float notch = abs(fract(angle / TAU + 0.5) - 0.5) * TAU;
    float edge = max(r - 1.0, 0.16 - notch * r);
    float veins = 0.5 + 0.5 * sine(angle * 1.7508 + 0.25);
    vec3 green = mix(pond_leaf(), mix(vec3(0.62, 0.66, 0.20), vec3(0.50, 0.20, 0.16), step(0.8, chosen)), 0.45 * chosen);
    green *= (0.62 + 0.30 * r + 0.16 * veins * r + 0.22 * noise(q * 3.0 + chosen * 30.0)) * light.fill;
    c = mix(c, c * 0.35, softly(length(q + vec2(0.0, 0.16)) - 1.0, 0.10) * 0.8);
    c = mix(c, mix(pond_leaf() * 1.6, vec3(0.95), 0.25) * light.fill, inside(max(r - 1.03, 0.12 - notch * r) * size * 0.5));
    c = mix(c, green, inside((edge + 0.02) * size * 0.5));
}

// The pad that lies under a pixel: where from its middle, how large, how turned, which.
struct Pad { vec2 p; float size; float turn; float chosen; };

void lay(inout Pad top, vec2 p, float size, float turn, float chosen) {
    if (length(p * vec2(1.0, 2.5)) < 1.2 * size) top = Pad(p, size, turn, chosen);
}

// One pad in each cell of the water's plane, `layer_row` telling the layers apart.
void lay_field(inout Pad top, vec2 u, float grain, float layer_row, float crowd) {
    float row = floor(grain * log(depth_at(u.y) + 0.02));
    float near_y = far_shore() * (1.02 - exp((row + 0.5) / grain));
    float at_depth = depth_at(near_y);
    float pitch = (0.05 + 0.34 * at_depth) * 3.0 / grain;
    float x = u.x / pitch + hash(vec2(row + 60.0, layer_row)) * 9.0;
    float chosen = hash(vec2(floor(x) + 30.0, row + 60.0 + layer_row));
    float size = pitch * (0.26 + 0.20 * hash(vec2(chosen * 80.0, layer_row)));
    vec2 p = vec2((fract(x) - 0.5) * pitch + (chosen - 0.5) * (pitch - 2.0 * size), u.y - near_y);
    if (fract(chosen * 37.0) < crowd * smoothstep(0.02, 0.14, at_depth)) lay(top, p, size, chosen * 60.0, fract(chosen * 13.0));
}

// A lotus on p = (0, 0), one unit wide.
void lotus(inout vec3 c, vec2 p, float scale, vec3 tint) {
    for (int i = 0; i < 3; i++) {
        float spread = 1.15 - 0.45 * float(i);
        vec2 q = vec2(abs(p.x), p.y);
        float outer = ellipse(turned(q - vec2(0.17 * spread, 0.17), 0.9 - 0.75 * spread), vec2(0.10, 0.25));
        float middle = ellipse(p - vec2(0.0, 0.20 - 0.03 * float(i)), vec2(0.11, 0.26 - 0.05 * float(i)));
        vec3 petal = mix(tint, vec3(1.0, 0.96, 0.94), smoothstep(0.32, 0.0, p.y) * 0.8) * (0.78 + 0.11 * float(i));
        c = mix(c, petal * (0.18 + 0.85 * light.fill), inside(min(outer, middle) * scale));
        c = mix(c, tint * 0.62 * light.fill, 0.5 * inside((abs(outer) - 0.008) * scale));
    }
    c = mix(c, vec3(0.98, 0.80, 0.24) * light.fill, inside(ellipse(p - vec2(0.0, 0.10), vec2(0.07, 0.04)) * scale));
}

vec3 frog_place(int i) {
    float size = mix(0.16, 0.58, nearness) * (i == 0 ? 1.0 : 0.60);
    vec2 at_frog = i == 0 ? vec2(mix(between(10, 0.25, 0.75), 0.5, 0.6 * nearness), mix(between(11, 0.22, 0.38), 0.16, nearness))
                          : vec2(between(10 + 2 * i, 0.08, 0.92), between(11 + 2 * i, 0.46, 0.60));
    return vec3(at_frog, size);
}

vec3 lotus_place(int i) {
    float y = between(20 + i, 0.10, 0.62);
    return vec3(between(17 + i, 0.04, 0.96), y, 0.06 + 0.20 * depth_at(y));
}

vec3 setting(vec2 u) {
    vec3 c = pond(u);
    Pad top = Pad(vec2(9.0), 1.0, 0.0, 0.0);
    float crowd = between(61, 0.25, 0.75);
    lay_field(top, u, 5.0, 2.0, crowd);
    lay_field(top, u, 3.6, 5.0, crowd);
    for (int i = 0; i < 3; i++) lay(top, u - lotus_place(i).xy, lotus_place(i).z * 0.75, draws[23 + i] * TAU, draws[26 + i]);
    for (int i = 2; i >= 0; i--) lay(top, u - frog_place(i).xy - vec2(0.0, 0.01), frog_place(i).z * 0.72, 1.0 + draws[29 + i] * 4.0, 0.3);
    pad(c, top.p, top.size, top.turn, top.chosen);
    vec3 tint = mix(vec3(0.96, 0.40, 0.62), mix(vec3(0.98, 0.90, 0.92), vec3(0.98, 0.82, 0.40), step(0.8, draws[16])), step(0.5, draws[16]));
    for (int i = 0; i < 3; i++) {
        vec3 place = lotus_place(i);
        lotus(c, (u - place.xy) / place.z, place.z, tint);
    }
    float stems = blades(vec2(u.x, u.y + 0.05), 9.0, 0.42, between(32, -0.5, 0.5), draws[33] * 20.0) * step(0.30, abs(u.x - 0.5));
    return mix(c, pond_leaf() * light.fill * (0.20 + 0.9 * u.y), stems);
}

// A frog sitting on p = (0, 0) and looking at us, one unit wide, its throat blown up by `call`, 0 .. 1.
void frog(inout vec4 c, vec2 p, float scale, float call, float chosen) {
    vec3 skin = chosen < 0.6 ? mix(vec3(0.36, 0.60, 0.12), vec3(0.20, 0.48, 0.20), chosen * 1.6) : mix(vec3(0.50, 0.42, 0.18), vec3(0.74, 0.52, 0.14), 2.5 * chosen - 1.5);
    vec3 lit = 0.16 + 0.86 * light.fill;
    vec2 q = vec2(abs(p.x), p.y);
    float thigh = ellipse(turned(q - vec2(0.33, 0.16), -0.5), vec2(0.16, 0.21));
    float body = ellipse(p - vec2(0.0, 0.24), vec2(0.33, 0.27));
    float head = ellipse(p - vec2(0.0, 0.44), vec2(0.31, 0.17));
    float brow = disc(q - vec2(0.19, 0.58), 0.105);
    float arm = min(stroke(q, vec2(0.20, 0.26), vec2(0.24, 0.03), 0.060, 0.045), ellipse(q - vec2(0.26, 0.02), vec2(0.10, 0.035)));
    float foot = ellipse(q - vec2(0.46, 0.02), vec2(0.13, 0.035));
    float spots = smoothstep(0.60, 0.68, noise(p * 9.0 + chosen * 40.0));
    float top = smoothstep(0.0, 0.65, p.y);

    over(c, skin * 0.62 * lit * (0.8 + 0.5 * top), inside(min(thigh, foot) * scale));
    vec3 back = mix(skin, skin * 0.45, 0.7 * spots) * (0.62 + 0.55 * top) * lit;
    vec3 belly = mix(vec3(0.92, 0.90, 0.62), skin, 0.25) * lit;
    float whole = min(min(body, head), brow);
    over(c, mix(back, belly * (0.70 + 0.4 * top), smoothstep(0.10, -0.04, ellipse(p - vec2(0.0, 0.20), vec2(0.24, 0.24)))), inside(whole * scale));
    over(c, back * 1.05, inside(max(head, 0.42 - p.y) * scale));
    float lips = abs(p.y - 0.405 - 0.28 * q.x * q.x) - 0.012;
    over(c, skin * 0.28 * lit, inside(max(lips, q.x - 0.27) * scale));
    over(c, skin * 0.85 * lit, inside(arm * scale));

    float blown = mix(0.09, 0.21, call);
    vec2 t = (p - vec2(0.0, 0.40 - 0.9 * blown)) / vec2(1.25 * blown, blown);
    float shine_at = exp(-dot(t - vec2(-0.35, 0.40), t - vec2(-0.35, 0.40)) * 5.0);
    vec3 sac = mix(vec3(0.98, 0.92, 0.68), mix(skin, vec3(0.98, 0.70, 0.45), 0.6), smoothstep(0.2, 1.0, length(t)) * 0.75);
    over(c, sac * lit * (0.72 + 0.30 * smoothstep(-1.0, 0.9, t.y)) + 0.30 * shine_at * light.fill, inside((length(t) - 1.0) * blown * scale));

    vec2 eye = q - vec2(0.195, 0.595);
    over(c, mix(vec3(0.96, 0.76, 0.16), vec3(0.90, 0.42, 0.10), smoothstep(0.02, 0.075, length(eye))) * (0.45 + 0.6 * light.fill), inside(disc(eye, 0.075) * scale));
    over(c, vec3(0.02), inside(ellipse(eye, vec2(0.055, 0.030)) * scale));
    over(c, vec3(0.95), inside(disc(vec2(p.x < 0.0 ? -eye.x : eye.x, eye.y) - vec2(-0.025, 0.03), 0.016) * scale));
    over(c, vec3(0.05), 0.7 * inside(disc(q - vec2(0.035, 0.49), 0.009) * scale));
}

void thing(inout vec4 c, vec2 u) {
    for (int i = 2; i >= 0; i--) {
        float here = i == 0 ? 1.0 : step(draws[34 + i], 0.75 - 0.35 * nearness);
        vec3 place = frog_place(i);
        vec2 p = (u - place.xy) / place.z;
        // It comes up through the water, which mirrors it; rings run out from where it sits.
        float beat = swing(between(37 + i, 1.1, 1.8), draws[40 + i]);
        float call = smoothstep(0.5, 1.0, presence) * (0.72 + 0.28 * beat);
        float rise = 0.74 * (1.0 - smoothstep(0.0, 0.8, presence));
        float ring = length(p * vec2(1.0, 2.6) + vec2(0.0, 0.1));
        float waves = smoothstep(0.4, 0.9, sine(ring * 4.1 - seconds * 1.4 + 0.16 * float(i))) * falling(0.45, 1.15, ring) * smoothstep(0.36, 0.5, ring);
        over(c, mix(light.horizon, light.fill, 0.5), 0.30 * here * waves * presence * step(p.y, 0.12));
        vec4 drawn = c;
        frog(drawn, vec2(p.x * side(43 + i), max(p.y, -0.06) + rise), place.z, call, draws[46 + i]);
        if (p.y + 0.04 * cos(p.x * 5.0) > -0.05) c = mix(c, drawn, here);
    }
}
