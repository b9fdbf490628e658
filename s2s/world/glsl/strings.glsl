// Strings: a music room by day or by candlelight; painted screens fold away from a cellist, or from a row of them, bows
// drawn together; near, one player fills the picture.

float size() { return mix(0.30, 0.82, pow(nearness, 1.2)); }

float floor_line() { return mix(0.24, 0.12, nearness); }

vec2 seat() { return vec2(mix(between(0, 0.42, 0.58), 0.5, nearness), floor_line() - mix(0.07, 0.08, nearness)); }

// How many sit on either side of the middle one.
float beside() { return draws[1] < 0.45 ? 0.0 : 1.0; }

float pitch() { return 1.06 * size(); }

float candlelight() { return light.night + 0.55 * light.gold; }

vec3 indoors() { return mix(light.fill * 0.95, vec3(1.0, 0.74, 0.46), 0.80 * light.night + 0.35 * light.gold); }

vec3 gilt(float shade) { return mix(vec3(0.40, 0.24, 0.07), vec3(1.0, 0.86, 0.50), shade); }

vec3 panel_colour() {
    float pick = draws[2] * 5.0;
    return pick < 1.0 ? vec3(0.56, 0.66, 0.58) : pick < 2.0 ? vec3(0.84, 0.78, 0.66) : pick < 3.0 ? vec3(0.62, 0.28, 0.24) : pick < 4.0 ? vec3(0.40, 0.50, 0.64) : vec3(0.46, 0.30, 0.18);
}

float zoom() { return mix(1.0, 1.35, nearness); }

// The wall: gilded panels and tall windows with drapes.
vec3 wall(vec2 p) {
    vec3 c = panel_colour() * indoors() * (0.66 + 0.26 * fbm2(p * 3.0 + draws[3] * 40.0)) * (0.75 + 0.35 * p.y);
    float x = p.x * 2.6 + draws[4];
    float number = floor(x);
    vec2 q = vec2((fract(x) - 0.5) / 2.6, p.y - 0.46);
    bool window = mod(number, 2.0) < 0.5;
    float field = abs(box(q, vec2(0.150, 0.34))) - 0.006;
    float inner = abs(box(q, vec2(0.128, 0.318))) - 0.003;
    c = mix(c, gilt(0.55 + 1.2 * (q.x + q.y)) * indoors() * 0.75, window ? 0.0 : softly(min(field, inner), 0.003));
    if (window) {
        float opening = max(max(abs(q.x) - 0.115, -q.y - 0.32), length(vec2(q.x, max(q.y - 0.26, 0.0))) - 0.115);
        vec2 bars = abs(fract(vec2(q.x / 0.115 + 0.5, q.y / 0.105)) - 0.5);
        vec3 outside = mix(light.horizon, light.zenith, smoothstep(-0.3, 0.4, q.y)) * 1.05;
        float trees = fbm3(vec2(q.x * 7.0 + number * 3.0, q.y * 7.0) + draws[5] * 40.0);
        outside = mix(outside, season_leaf(6) * light.fill * (0.4 + 0.8 * trees), smoothstep(0.02, 0.10, trees - 0.66 - 0.9 * q.y));
        outside = mix(outside, vec3(0.86, 0.82, 0.74) * indoors() * 0.7, step(0.43, max(bars.x, bars.y)));
        c = mix(c, c * 1.25 + 0.03, inside((opening - 0.016)));
        c = mix(c, outside, inside(opening));
        float drape = abs(q.x) - 0.098 - 0.045 * smoothstep(0.1, -0.25, q.y) + 0.03 * smoothstep(-0.2, -0.34, q.y);
        float f = 0.5 + 0.5 * sin(q.x * 260.0 + 2.0 * sin(q.y * 6.0));
        vec3 silk = mix(vec3(0.62, 0.16, 0.16), mix(vec3(0.20, 0.34, 0.30), vec3(0.80, 0.64, 0.32), step(0.66, draws[7])), step(0.33, draws[7]));
        float hangs = max(max(-drape, abs(q.x) - 0.168), max(-q.y - 0.45, q.y - 0.385));
        c = mix(c, silk * (0.35 + 0.55 * f) * indoors(), inside(hangs));
    }
    vec3 dado = panel_colour() * 0.72 * indoors();
    c = mix(c, dado * (0.7 + 0.2 * step(abs(fract(p.x * 5.2) - 0.5), 0.4)), inside(p.y - 0.075));
    return mix(c, gilt(0.6) * indoors() * 0.7, inside(abs(p.y - 0.078) - 0.006));
}

vec3 parquet(vec2 u, float line) {
    float depth = (line - u.y) / line;
    vec2 q = vec2((u.x - 0.5) / (0.35 + depth), 1.5 / (0.35 + depth)) * 7.0;
    vec2 cell = floor(q);
    float way = mod(cell.x + cell.y, 2.0);
    float plank = hash(floor(mix(q * vec2(4.0, 1.0), q * vec2(1.0, 4.0), way)));
    vec3 wood = mix(vec3(0.46, 0.27, 0.13), vec3(0.66, 0.43, 0.22), plank) * indoors() * (0.55 + 0.25 * way);
    // The polish mirrors the wall, and long panes of light from the windows.
    wood += wall(vec2((u.x - 0.5) / zoom(), (line - u.y) * 0.9 / zoom())) * 0.22 * falling(0.0, 1.0, depth);
    return wood + light.sun * 0.30 * wood * smoothstep(0.55, 0.80, noise(vec2(q.x * 0.30 + 0.4 * depth + draws[8] * 40.0, 2.0))) * (light.day + 1.4 * light.gold) * 2.0;
}

vec3 chandelier(vec3 c, vec2 p) {
    vec2 q = vec2(abs(p.x), p.y);
    float arms = 9.0;
    for (int i = 0; i < 3; i++) {
        float reach = 0.05 + 0.05 * float(i);
        float arm = abs(length(vec2(q.x - 0.5 * reach, (q.y - 0.01) * 1.6)) - 0.5 * reach) - 0.003;
        arms = min(arms, max(arm, q.y - 0.01));
        float wax = box(q - vec2(reach, 0.026), vec2(0.005, 0.018));
        c = mix(c, vec3(0.95, 0.90, 0.80) * indoors(), inside(wax));
        c += glow(q - vec2(reach, 0.056), 0.020, vec3(1.0, 0.72, 0.34)) * (0.30 + candlelight()) * (0.92 + 0.08 * sin(seconds * 9.0 + float(i) * 2.0 + p.x));
    }
    float stem = min(box(p - vec2(0.0, 0.2), vec2(0.003, 0.2)), ellipse(p + vec2(0.0, 0.02), vec2(0.016, 0.035)));
    return mix(c, gilt(0.7) * indoors(), inside(min(arms, stem)));
}

vec3 room(vec2 u) {
    float line = floor_line() + 0.06;
    vec2 p = vec2(u.x - 0.5, u.y - line) / zoom();
    vec3 c = u.y > line ? wall(p) : parquet(u, line);
    if (chance(9, 0.7)) c = chandelier(c, (u - vec2(between(10, 0.2, 0.8), between(11, 0.80, 0.88))) / 1.25);
    c += c * vec3(1.0, 0.62, 0.30) * candlelight() * 0.65 * exp(-length((u - seat() - vec2(0.0, 0.6 * size())) * vec2(1.0, 0.8)) * 2.2);
    return c;
}

// How far the screens have folded away from the middle, and how far they reach.
float folded() { return presence * (beside() * pitch() + 0.66 * size()); }

float reach() { return (beside() + 0.5) * pitch() + 0.20 * size() + 0.03; }

// One half of the screen: distance, and where on which panel, as (across 0..1, panel number).
vec3 screen(vec2 u) {
    vec2 p = vec2(abs(u.x - seat().x), u.y - seat().y + 0.04);
    float inner = folded(), outer = max(reach(), folded() + 0.30 * size());
    float panels = 3.0 + 2.0 * beside();
    float t = (p.x - inner) / (outer - inner) * panels;
    float slant = (mod(floor(t), 2.0) < 0.5 ? fract(t) : 1.0 - fract(t)) * 0.05 * size() * (0.3 + presence);
    float d = max(max(inner - p.x, p.x - outer), max(-p.y + slant, p.y - 1.12 * size() - slant));
    return vec3(d, fract(t), floor(t));
}

vec3 painted_screen(vec2 u, vec3 s) {
    float tall = (u.y - seat().y) / size();
    bool golden = chance(12, 0.55);
    vec3 leaf = golden ? gilt(0.72) * 0.92 : mix(vec3(0.10, 0.16, 0.18), vec3(0.34, 0.08, 0.08), step(0.5, draws[13]));
    leaf *= 0.82 + 0.26 * noise(vec2(s.y * 5.0 + s.z * 7.0, tall * 9.0));
    // A branch in blossom runs over all the panels.
    float x = (s.y + s.z) * 0.5;
    float bough = abs(tall - 0.35 - 0.22 * x - 0.06 * sin(x * 7.0 + draws[14] * TAU)) - 0.016;
    vec3 ink = golden ? vec3(0.16, 0.12, 0.10) : gilt(0.8);
    leaf = mix(leaf, ink, softly(bough, 0.006));
    vec2 q = vec2(x * 5.0, tall * 7.0) + draws[15] * 30.0;
    vec2 away = fract(q) - 0.25 - 0.5 * hash2(floor(q));
    float bloom = length(away) - 0.17 - 0.04 * cos(atan(away.y, away.x) * 5.0);
    float near_bough = falling(0.05, 0.26, abs(bough));
    leaf = mix(leaf, mix(vec3(0.92, 0.42, 0.46), vec3(0.98, 0.94, 0.90), step(0.5, draws[16])), inside(bloom * 0.1) * step(hash(floor(q) + 4.0), near_bough));
    float crane = min(ellipse(turned(vec2(x - between(17, 0.4, 1.2), tall - 0.86), 0.4), vec2(0.16, 0.045)), stroke(vec2(x - draws[17] * 0.8 - 0.4, tall - 0.86), vec2(0.10, 0.03), vec2(0.27, 0.12), 0.018, 0.008));
    leaf = mix(leaf, vec3(0.96, 0.95, 0.92), inside(crane * 0.3) * step(draws[18], 0.6));
    float rim = max(abs(s.y - 0.5) * 2.0 - 0.93, 0.0);
    leaf = mix(leaf, vec3(0.20, 0.09, 0.05), step(0.001, max(rim, abs(tall - 0.52) - 0.565)));
    float facing_us = mod(s.z, 2.0) < 0.5 ? 1.0 : 0.74;
    return leaf * indoors() * facing_us * (0.85 + 0.2 * s.y);
}

vec3 setting(vec2 u) {
    vec3 c = room(u);
    vec3 s = screen(u);
    c = mix(c, c * 0.5, 0.7 * softly(s.x - 0.01, 0.03) * step(u.y, seat().y + 0.05));
    return mix(c, painted_screen(u, s), inside(s.x));
}

// The cello on its pin at (0, 0), one unit from pin to scroll; upright in its own frame.
void cello(inout vec4 c, vec2 p, float scale, vec3 lit, float chosen) {
    vec3 varnish = mix(vec3(0.62, 0.25, 0.07), vec3(0.80, 0.44, 0.14), chosen);
    vec2 q = vec2(abs(p.x), p.y);
    float lower = ellipse(p - vec2(0.0, 0.235), vec2(0.158, 0.135));
    float upper = ellipse(p - vec2(0.0, 0.455), vec2(0.122, 0.110));
    float middle = max(box(p - vec2(0.0, 0.35), vec2(0.115, 0.10)), -disc(q - vec2(0.150, 0.35), 0.060));
    float body = min(min(lower, upper), middle);
    over(c, vec3(0.30) * lit, inside(stroke(p, vec2(0.0), vec2(0.0, 0.12), 0.006, 0.009) * scale));
    over(c, varnish * 0.30 * lit, inside((body - 0.010) * scale));
    float curl = noise(vec2(p.x * 14.0, p.y * 60.0) + chosen * 30.0);
    float arch = mound((p.x + 0.045) * 13.0);
    over(c, varnish * lit * (0.52 + 0.50 * arch + 0.14 * curl), inside(body * scale));
    over(c, varnish * 0.42 * lit, 0.8 * inside((abs(body + 0.016) - 0.003) * scale));
    float f_hole = min(stroke(q, vec2(0.058, 0.30), vec2(0.070, 0.40), 0.005, 0.005), min(disc(q - vec2(0.066, 0.295), 0.009), disc(q - vec2(0.062, 0.405), 0.008)));
    over(c, vec3(0.05), inside(f_hole * scale));
    float ebony = min(taper(p - vec2(0.0, 0.15), 0.018, 0.030, 0.14), taper(p - vec2(0.0, 0.43), 0.030, 0.019, 0.45));
    over(c, varnish * 0.55 * lit, inside(min(stroke(p, vec2(0.0, 0.52), vec2(0.0, 0.90), 0.028, 0.024), min(disc(p - vec2(0.0, 0.965), 0.034), box(q - vec2(0.032, 0.925), vec2(0.020, 0.007)))) * scale));
    over(c, vec3(0.07, 0.05, 0.05) + 0.10 * arch * lit, inside(ebony * scale));
    over(c, vec3(0.92, 0.74, 0.46) * lit, inside(max(box(p - vec2(0.0, 0.335), vec2(0.040, 0.011)), -disc(p - vec2(0.0, 0.322), 0.012)) * scale));
    float strands = max(abs(abs(q.x - 0.009) - 0.006) - 0.0016, abs(p.y - 0.58) - 0.31);
    over(c, vec3(0.92, 0.90, 0.84) * lit, 0.75 * inside(strands * scale));
}

// A player seated behind the cello, feet on y = 0, one unit tall; `pull` is where the bow is, -1 .. 1.
void cellist(inout vec4 c, vec2 p, float scale, vec3 lit, float chosen, float pull) {
    float other = fract(chosen * 7.3), third = fract(chosen * 17.7);
    bool gown = chosen < 0.5;
    vec3 cloth = gown ? (other < 0.4 ? vec3(0.56, 0.06, 0.12) : other < 0.7 ? vec3(0.08, 0.24, 0.40) : vec3(0.12, 0.10, 0.13)) : vec3(0.09, 0.09, 0.11);
    vec3 skin = mix(vec3(0.96, 0.74, 0.58), vec3(0.46, 0.29, 0.20), other * other) * lit;
    vec3 hair = (third < 0.4 ? vec3(0.10, 0.07, 0.06) : third < 0.75 ? vec3(0.36, 0.20, 0.09) : vec3(0.70, 0.66, 0.62)) * lit;
    vec2 head = vec2(-0.055 - 0.012 * pull, 0.985);
    vec2 q = vec2(abs(p.x), p.y);

    over(c, vec3(0.0), 0.45 * softly(ellipse(p, vec2(0.36, 0.045)) * scale, 0.03 * scale));
    float chair = min(stroke(q, vec2(0.17, 0.36), vec2(0.20, 0.0), 0.014, 0.012), box(p - vec2(0.0, 0.38), vec2(0.19, 0.02)));
    over(c, vec3(0.30, 0.16, 0.08) * lit, inside(chair * scale));
    if (third < 0.6 && gown) over(c, hair * 0.8, inside(ellipse(p - head - vec2(0.0, -0.11), vec2(0.098, 0.19)) * scale));
    float legs = gown ? max(taper(p, 0.33, 0.17, 0.44), -0.02 - p.y)
                      : min(min(stroke(q, vec2(0.10, 0.41), vec2(0.245, 0.38), 0.078, 0.066), stroke(q, vec2(0.245, 0.37), vec2(0.235, 0.05), 0.060, 0.042)), ellipse(q - vec2(0.26, 0.022), vec2(0.070, 0.028)));
    float drape = gown ? 0.78 + 0.22 * sin(p.x * 46.0 + 4.0 * noise(p * 5.0)) : 0.85 + 0.25 * smoothstep(0.0, 0.3, q.x);
    vec3 lower_cloth = cloth + 0.05;
    over(c, lower_cloth * lit * drape, inside(legs * scale));
    float torso = min(stroke(p, vec2(0.0, 0.42), vec2(0.0, 0.70), 0.125, 0.135), stroke(q, vec2(0.0, 0.775), vec2(0.145, 0.765), 0.055, 0.052));
    over(c, (cloth + 0.04) * lit * (0.75 + 0.5 * smoothstep(0.2, -0.2, p.x + 0.3 * (0.8 - p.y))), inside(torso * scale));
    float front = gown ? ellipse(p - vec2(-0.01, 0.80), vec2(0.085, 0.075)) : taper(vec2(p.x, 0.835 - p.y), 0.050, 0.012, 0.26);
    over(c, gown ? skin * 0.92 : vec3(0.95, 0.94, 0.92) * lit, inside(max(front, torso) * scale));
    if (!gown) over(c, vec3(0.04), inside(box(p - vec2(0.0, 0.822), vec2(0.030, 0.012)) * scale));
    over(c, skin * 0.80, inside(stroke(p, vec2(-0.01, 0.80), head, 0.040, 0.038) * scale));
    over(c, skin * (0.86 + 1.2 * (head.x - p.x)), inside(ellipse(turned(p - head, 0.14), vec2(0.070, 0.092)) * scale));
    vec2 h = turned(p - head, 0.14);
    float cap = max(ellipse(h - vec2(-0.004, 0.016), vec2(0.084, 0.100)), 0.020 + 0.35 * h.x - h.y);
    over(c, hair, inside(cap * scale));
    if (gown && third >= 0.6) over(c, hair, inside(disc(h - vec2(0.0, 0.115), 0.042) * scale));
    float lids = max(abs(length(vec2(abs(h.x) - 0.030, h.y - 0.006)) - 0.014) - 0.003, h.y - 0.004);
    float mouth = max(abs(h.y + 0.048) - 0.003, abs(h.x) - 0.018);
    over(c, skin * 0.30, inside(min(lids, mouth) * scale));

    vec3 sleeve = gown ? skin : (cloth + 0.05) * lit;
    vec2 grip = vec2(0.075, 0.80 - 0.10 * sin(seconds * 0.8 + chosen * 9.0) + 0.006 * sin(seconds * 34.0));
    over(c, sleeve * 0.9, inside(stroke(p, vec2(0.19, 0.76), vec2(0.325, 0.655), 0.050, 0.044) * scale));
    cello(c, turned(p - vec2(-0.005, 0.0), -0.085), scale, lit, other);
    over(c, sleeve, inside(stroke(p, vec2(0.325, 0.655), grip + vec2(0.03, -0.01), 0.044, 0.030) * scale));
    over(c, skin, inside(min(disc(p - grip, 0.032), box(p - grip - vec2(-0.012, 0.0), vec2(0.022, 0.026))) * scale));

    vec2 frog = vec2(-0.325 + 0.135 * pull, 0.405 + 0.02 * pull);
    vec2 slope = vec2(0.995, -0.10 - 0.05 * pull);
    vec2 elbow = vec2(-0.335 + 0.045 * pull, 0.62);
    over(c, sleeve, inside(stroke(p, vec2(-0.19, 0.76), elbow, 0.052, 0.046) * scale));
    over(c, vec3(0.96, 0.94, 0.88) * lit, inside(stroke(p, frog + vec2(0.0, -0.016), frog + 0.60 * slope - vec2(0.0, 0.010), 0.006, 0.004) * scale));
    over(c, vec3(0.34, 0.15, 0.06) * lit * 1.2, inside(stroke(p, frog - 0.02 * slope, frog + 0.61 * slope + vec2(0.0, 0.004), 0.0085, 0.006) * scale));
    over(c, sleeve * 0.95, inside(stroke(p, elbow, frog + vec2(-0.015, 0.035), 0.044, 0.030) * scale));
    over(c, skin, inside(ellipse(p - frog - vec2(0.004, 0.008), vec2(0.036, 0.028)) * scale));
}

void thing(inout vec4 c, vec2 u) {
    vec2 w = u - seat();
    float place = clamp(floor(w.x / pitch() + 0.5), -beside(), beside());
    float chosen = hash(vec2(place + 5.0, floor(draws[19] * 90.0)));
    vec2 p = vec2(w.x - place * pitch(), w.y + 0.05 * size() * abs(place)) / size();
    float stroke_s = between(20, 0.55, 1.3);
    float phase = seconds / stroke_s + draws[21] + 0.02 * place;
    float pull = sin(TAU * 0.5 * phase + 0.35 * sin(TAU * phase));
    p = turned(p, 0.030 * sin(TAU * 0.25 * phase + chosen));
    vec3 lit = indoors() * (0.86 + 0.18 * p.y);
    vec4 drawn = c;
    cellist(drawn, p, size(), lit, chosen, pull);
    c = mix(c, drawn, 1.0 - inside(screen(u).x));
}
