// Owl: a wood at night under a great moon, the owl on a bare branch; it alights with its back to us and turns its head;
// near, its eyes fill the picture.

vec3 night_tint() { return mix(vec3(0.16, 0.22, 0.50), vec3(0.34, 0.20, 0.48), draws[0]); }

// By day the owl sleeps: noon is drawn towards dusk.
float owl_hour() { return hour < 12.0 ? 0.5 * hour : 24.0 - 0.5 * (24.0 - hour); }

vec3 moonlit_sky(vec2 u, vec2 moon, float radius) {
    vec3 dusk = mix(light.horizon, vec3(0.95, 0.50, 0.30), 0.4);
    vec3 c = mix(mix(night_tint(), dusk, 0.85 * light.gold), mix(vec3(0.02, 0.04, 0.14), light.zenith, 0.7 * light.gold), smoothstep(0.1, 1.0, u.y));
    c += light.night * stars(u) * smoothstep(0.3, 0.7, u.y);
    vec2 p = (u - moon) / radius;
    float d = length(p);
    vec3 pale = mix(vec3(1.0, 0.90, 0.66), vec3(0.94, 0.97, 1.0), draws[1]);
    float veil = fbm3(u * vec2(2.4, 6.0) + draws[2] * 40.0 + vec2(0.06 * seconds, 0.0));
    c += pale * (0.30 * exp(-max(d - 1.0, 0.0) * 1.6) + 0.10 * veil * exp(-max(d - 1.0, 0.0) * 0.5));
    float maria = smoothstep(0.40, 0.66, fbm3(p * 1.5 + draws[3] * 40.0));
    c = mix(c, pale * (1.04 - 0.20 * maria) * (0.86 + 0.14 * sqrt(max(1.0 - d * d, 0.0))), inside((d - 1.0) * radius));
    return mix(c, mix(night_tint() * 0.7, light.horizon, 0.45), 0.62 * smoothstep(0.50, 0.72, veil));
}

// Trunks rising out of the mist, rank before rank.
vec3 trunks(vec3 c, vec2 u) {
    vec3 mist = mix(night_tint() * 1.25, light.horizon, 0.5);
    for (int i = 0; i < 3; i++) {
        float near = float(i) / 2.0;
        float per_unit = 9.0 - 2.7 * float(i);
        float x = u.x * per_unit + draws[4 + i] * 40.0 + (0.35 - 0.1 * near) * (noise(vec2(u.y * 2.6, float(i) * 5.0 + draws[7] * 40.0)) - 0.5);
        float chosen = hash(vec2(floor(x), float(i) + 3.0));
        float trunk = abs(fract(x) - 0.25 - 0.5 * chosen) - (0.04 + 0.07 * chosen) * (1.2 - 0.5 * u.y);
        float limb = abs(fract(x) - 0.25 - 0.5 * chosen - (chosen - 0.5) * 3.0 * max(u.y - 0.45 - 0.4 * fract(chosen * 7.0), 0.0)) - 0.03 * (1.25 - u.y);
        vec3 bark = mix(mix(mist, vec3(0.03, 0.03, 0.07), 0.35 + 0.30 * float(i)), vec3(0.10, 0.05, 0.05), 0.3 * light.gold);
        float shown = step(0.40 + 0.18 * near, fract(chosen * 31.0));
        c = mix(c, bark, inside(min(trunk, limb) / per_unit) * shown);
        c = mix(c, mist, (0.30 - 0.10 * near) * falling(0.0, 0.55, u.y + 0.16 * (noise(vec2(u.x * 3.0 + draws[8] * 40.0, float(i))) - 0.5)));
    }
    if (chance(33, 0.5)) c = mix(c, mix(mist * 0.35, vec3(0.02, 0.03, 0.06), 0.5), firs(u - vec2(0.0, 0.08), between(36, 5.0, 9.0), between(37, 0.2, 0.45), draws[38] * 20.0));
    float ground = 0.08 + 0.10 * fbm2(vec2(u.x * 5.0, draws[9] * 40.0));
    return mix(c, vec3(0.02, 0.03, 0.05) + 0.10 * light.gold * light.horizon, softly(u.y - ground, 0.012));
}

// Laid over another place it keeps to the side and leaves the middle free.
vec2 perch() {
    if (layer == 1) return vec2(0.5 + side(10) * mix(between(11, 0.20, 0.34), 0.27, nearness), mix(between(39, 0.14, 0.60), 0.06, nearness));
    return vec2(mix(between(10, 0.28, 0.72), 0.5, 0.75 * nearness), mix(between(11, 0.30, 0.42), 0.06, nearness));
}

float owl_size() { return mix(0.22, layer == 1 ? 0.66 : 0.92, nearness); }

// The branch on which it sits: from one edge of the picture, through the perch, to a tip.
float branch(vec2 u) {
    float from = perch().x < 0.5 ? -1.0 : 1.0;
    vec2 p = vec2((u.x - perch().x) * from, u.y - perch().y);
    float thick = mix(0.016, 0.045, nearness);
    float line = between(12, -0.10, 0.16) * p.x + 0.020 * sin(p.x * 13.0 + draws[13] * TAU) - 0.020 * sin(draws[13] * TAU);
    float reach = owl_size() * 0.6 + 0.05;
    float d = max(abs(p.y - line + thick) - thick * (1.0 + 0.7 * p.x) - 0.004 * noise(vec2(p.x * 40.0, 3.0)), -p.x - reach);
    for (int i = 0; i < 3; i++) {
        vec2 foot = vec2(between(14 + i, -0.8 * reach, 0.5), 0.0);
        foot.y = between(12, -0.10, 0.16) * foot.x - thick;
        vec2 tip = foot + vec2(-between(17 + i, 0.05, 0.16), between(20 + i, -0.22, 0.20));
        d = min(d, stroke(p, foot, tip, 0.35 * thick, 0.10 * thick));
    }
    return d;
}

vec3 branch_colour(vec2 u) {
    float grain = noise(vec2(u.x * 14.0, u.y * 90.0) + draws[23] * 40.0);
    vec3 bark = mix(vec3(0.07, 0.06, 0.09), vec3(0.24, 0.17, 0.14), 0.6 * light.gold + light.day);
    return bark * (0.6 + 0.9 * grain) + light.sun * 0.05;
}

vec3 setting(vec2 u) {
    light = light_at(owl_hour());
    float radius = between(24, 0.12, 0.24);
    vec2 moon = vec2(between(25, 0.2, 0.8), between(26, 0.60, 0.82));
    vec3 c = moonlit_sky(u, moon, radius);
    c = trunks(c, u);
    float lit = exp(-length(u - moon) * 2.0);
    return mix(c, branch_colour(u) + 0.10 * lit * light.sun, inside(branch(u)));
}

// The owl's eye at q, from which the lid has drawn back by `awake`.
vec3 eye_colour(vec2 q, vec3 iris, float awake) {
    float r = length(q);
    vec3 c = mix(iris * 1.1, iris * vec3(0.8, 0.45, 0.3), smoothstep(0.45, 1.0, r));
    c = mix(c, vec3(0.02), inside((r - mix(0.62, 0.46, awake)) * 0.08));
    return mix(c, vec3(1.0), inside((length(q - vec2(-0.28, 0.32)) - 0.15) * 0.08));
}

// An owl on p = (0, 0), one unit tall; `turn` is how far its head looks aside, 0 at us .. 1 away; `spread` its wings.
void owl_bird(inout vec4 c, vec2 p, float scale, float turn, float spread) {
    float pick = draws[27] * 4.0;
    vec3 coat = pick < 1.0 ? vec3(0.52, 0.36, 0.22) : pick < 2.0 ? vec3(0.86, 0.84, 0.84) : pick < 3.0 ? vec3(0.42, 0.40, 0.42) : vec3(0.72, 0.46, 0.22);
    vec3 pale = pick < 2.0 && pick >= 1.0 ? vec3(0.98) : mix(coat, vec3(0.98, 0.92, 0.80), 0.68);
    vec3 lit = mix(vec3(0.54, 0.57, 0.70), vec3(0.92, 0.80, 0.72), light.gold + light.day) + 0.06;
    vec2 q = vec2(abs(p.x), p.y);

    float feather = noise(p * vec2(26.0, 12.0) + draws[28] * 40.0);
    vec2 tile = p * vec2(15.0, 11.0) + vec2(0.5 * mod(floor(p.y * 11.0), 2.0), 0.0) + 0.25 * feather;
    vec2 within = fract(tile) - vec2(0.5, 0.95);
    float scale_edge = smoothstep(0.55, 0.85, length(within));
    float drop = falling(0.10, 0.22, abs(within.x) + 0.35 * abs(within.y + 0.55)) * step(0.25, hash(floor(tile)));
    vec2 tip = vec2(0.30 + 0.52 * spread, 0.42 + 0.22 * sin(seconds * 14.0) * spread - 0.30 * (1.0 - spread));
    float wing = stroke(q, vec2(0.16, 0.52), tip, 0.14, 0.04 + 0.04 * spread);
    wing = min(wing, spread > 0.02 ? max(abs(q.x - mix(0.16, tip.x, 0.5)) - 0.5 * (tip.x - 0.16), abs(q.y - mix(0.52, tip.y, clamp((q.x - 0.16) / max(tip.x - 0.16, 0.05), 0.0, 1.0)) + 0.10) - 0.12 - 0.03 * sin(q.x * 60.0)) : 9.0);
    float tail = taper(p - vec2(0.0, -0.16), 0.09, 0.15, 0.26);
    float body = ellipse(p - vec2(0.0, 0.33), vec2(0.27, 0.36)) - 0.010 * feather;
    over(c, coat * 0.55 * lit * (0.7 + 0.5 * feather), inside(tail * scale));
    over(c, coat * lit * (0.50 + 0.35 * feather + 0.2 * smoothstep(0.1, 0.6, p.y)), inside(wing * scale));
    float belly = smoothstep(0.02, -0.06, ellipse(p - vec2(0.0, 0.28), vec2(0.19, 0.30))) * (1.0 - smoothstep(0.35, 0.75, turn));
    vec3 breast = mix(pale * (0.78 + 0.28 * feather), coat * 0.45, 0.8 * drop);
    float round = smoothstep(0.30, 0.05, q.x) * 0.35 + 0.65;
    over(c, mix(coat * (0.50 + 0.34 * feather + 0.20 * scale_edge), breast, belly) * lit * round, inside(body * scale));
    float folded = ellipse(turned(q - vec2(0.215, 0.32), 0.16), vec2(0.085, 0.30));
    over(c, coat * (0.40 + 0.36 * feather + 0.22 * scale_edge) * lit, inside(folded * scale) * (1.0 - spread));

    vec2 h = p - vec2(0.0, 0.735);
    float tufted = step(draws[29], 0.6);
    float side_on = sin(1.5708 * turn);
    float tuft = stroke(vec2(abs(h.x), h.y), vec2(0.13, 0.10), vec2(0.21, 0.29), 0.065, 0.008);
    float head = min(ellipse(h, vec2(0.275, 0.225)) - 0.008 * feather, tufted > 0.5 ? tuft : 9.0);
    over(c, coat * (0.62 + 0.42 * feather) * lit * (0.8 + 0.4 * smoothstep(-0.2, 0.25, h.y)), inside(head * scale));

    // The face is a mask on a turning globe: it slides aside, narrows and is gone.
    float cosine = cos(1.5708 * turn * 1.25);
    vec2 f = vec2((h.x - 0.27 * side_on * side(30)) / max(cosine, 0.05), h.y);
    vec2 g = vec2(abs(f.x), f.y);
    float seen = step(0.05, cosine) * inside(max(ellipse(h, vec2(0.27, 0.22)), -1.0) * scale);
    float mask = disc(g - vec2(0.115, -0.015), 0.135);
    float rays = 0.5 + 0.5 * sin(atan(g.y + 0.015, g.x - 0.115) * 22.0);
    over(c, coat * 0.34 * lit, seen * inside((mask - 0.018) * scale));
    over(c, mix(pale, coat, 0.25 * rays + 0.35 * smoothstep(-0.06, 0.0, mask)) * lit, seen * inside(mask * scale));
    float awake = smoothstep(0.55, 0.9, presence) * (1.0 - step(0.965, fract(seconds * 0.31 + draws[31])));
    vec3 iris = mix(vec3(1.0, 0.80, 0.14), vec3(1.0, 0.42, 0.06), draws[32]);
    vec2 eye = (g - vec2(0.112, 0.005)) / 0.078;
    over(c, mix(coat * 0.55 * lit, vec3(0.04, 0.03, 0.03), awake), seen * inside((length(eye) - 1.12) * 0.078 * scale));
    over(c, eye_colour(vec2(f.x < 0.0 ? -eye.x : eye.x, eye.y), iris, awake) * (0.62 + 0.5 * max(lit.r, 0.5)), seen * inside(max(length(eye) - 1.0, eye.y - mix(-1.0, 1.0, awake)) * 0.078 * scale));
    float brow = stroke(g, vec2(0.02, -0.01), vec2(0.20, 0.125), 0.030, 0.014);
    over(c, mix(pale, coat, 0.5) * lit * 0.9, seen * inside(brow * scale));
    float beak = taper(vec2(f.x, -f.y - 0.02 + 0.0), 0.045, 0.004, 0.105);
    over(c, vec3(0.30, 0.25, 0.18) * lit * (1.1 + 3.0 * max(-f.x, -0.04)), seen * inside(beak * scale));

    float toes = min(ellipse(vec2(abs(q.x - 0.10) - 0.028, p.y + 0.005), vec2(0.024, 0.050)), ellipse(vec2(q.x - 0.10, p.y + 0.01), vec2(0.022, 0.052)));
    over(c, mix(vec3(0.85, 0.70, 0.40), coat, 0.3) * lit * 0.8, inside(toes * scale) * (1.0 - spread));
}

void thing(inout vec4 c, vec2 u) {
    float size = owl_size();
    float landed = come(0.0, 0.55);
    float from = perch().x < 0.5 ? -1.0 : 1.0;
    bring(c, branch_colour(u), inside(branch(u + vec2(-from * (1.0 - come(0.0, 0.4)), 0.0))));
    vec2 start = vec2(-from * (0.75 + 0.7 * size), 0.20 + 0.4 * size);
    vec2 p = (u - perch() - start * pow(1.0 - landed, 1.4)) / size;
    // It looks about while it calls, and bows a little with every call.
    float looking = 0.30 * smoothstep(-0.4, 0.9, sin(seconds * 0.9 + draws[34] * TAU)) * sin(seconds * 0.45 + draws[35] * TAU);
    float turn = mix(1.0, abs(looking), smoothstep(0.5, 1.0, presence));
    p.x *= looking < 0.0 ? -1.0 : 1.0;
    owl_bird(c, p + vec2(0.0, 0.008 * sin(seconds * 5.0)), size, turn, 1.0 - smoothstep(0.35, 0.75, landed));
}
