// Drums: a dark stage or a rehearsal loft; a beam of light swings over and finds the drummer at the kit, sticks flying;
// near, the kit fills the picture.

vec3 beam_colour() {
    float pick = draws[0] * 5.0;
    vec3 tint = pick < 1.0 ? vec3(1.0, 0.80, 0.50) : pick < 2.0 ? vec3(0.66, 0.82, 1.0) : pick < 3.0 ? vec3(1.0, 0.62, 0.70) : pick < 4.0 ? vec3(0.82, 0.72, 1.0) : vec3(1.0, 0.92, 0.80);
    return mix(tint, vec3(1.0, 0.94, 0.86), 0.4);
}

vec3 side_colour(int i) {
    float pick = fract(draws[1] + 0.37 * float(i)) * 4.0;
    return pick < 1.0 ? vec3(1.0, 0.12, 0.30) : pick < 2.0 ? vec3(0.10, 0.35, 1.0) : pick < 3.0 ? vec3(0.60, 0.10, 0.95) : vec3(0.04, 0.80, 0.62);
}

float size() { return mix(0.36, 0.82, nearness); }

vec2 seat() { return vec2(mix(between(2, 0.36, 0.64), 0.5, nearness), mix(between(3, 0.20, 0.26), 0.06, nearness)); }

bool in_loft() { return draws[4] < 0.45; }

// A tall factory window with the sky of the hour behind it.
vec3 loft(vec2 u, float floor_y) {
    vec2 brick = vec2(u.x * 16.0, u.y * 34.0);
    brick.x += 0.5 * mod(floor(brick.y), 2.0);
    float tone = hash(floor(brick) + floor(draws[5] * 40.0));
    vec2 within = abs(fract(brick) - 0.5);
    vec3 wall = mix(mix(vec3(0.50, 0.22, 0.15), vec3(0.62, 0.58, 0.54), step(0.5, draws[6])), vec3(0.26, 0.16, 0.13), 0.5 * tone);
    wall *= 1.0 - 0.35 * smoothstep(0.42, 0.48, max(within.x, within.y));
    vec3 c = wall * mix(light.fill, vec3(0.9, 0.6, 0.36), 0.6 * light.night) * 0.42;
    float count = 2.0 + floor(draws[7] * 2.0);
    float x = (u.x - between(8, -0.1, 0.1)) * count;
    vec2 q = vec2((fract(x) - 0.5) / count, u.y - 0.62);
    float pane = box(q, vec2(0.36 / count, 0.24));
    vec2 grid = abs(fract(vec2(q.x * count / 0.72 * 4.0 + 0.5, q.y / 0.48 * 4.0)) - 0.5);
    vec3 outside = clear_sky(vec2(u.x, u.y), 0.40);
    float roofs = 0.46 + 0.12 * hash(vec2(floor(u.x * 17.0), floor(draws[9] * 50.0)));
    outside = mix(outside, hazed(vec3(0.14, 0.15, 0.22), 0.35) + light.night * vec3(1.0, 0.7, 0.3) * 0.7 * step(0.7, hash(floor(u * 60.0))), inside(u.y - roofs));
    outside *= max(grid.x, grid.y) > 0.46 ? 0.25 : 0.95;
    c = mix(c, c * 0.3, inside(pane - 0.012));
    c = mix(c, outside, inside(pane));
    return c + light.sun * 0.12 * (light.gold + light.day) * exp(-length(q) * 4.0);
}

// Curtains in coloured light, lamps over the stage.
vec3 hall(vec2 u) {
    float f = 0.5 + 0.5 * sine(u.x * 9.5 + 0.8 * noise(vec2(u.x * 7.0, draws[10] * 40.0)));
    vec3 c = vec3(0.10, 0.09, 0.13) * (0.4 + f) * (0.7 + 0.8 * light.fill);
    for (int i = 0; i < 4; i++) {
        vec2 lamp = vec2((float(i) + between(11 + i, 0.2, 0.8)) / 4.0, 0.96);
        float below = max(lamp.y - u.y, 0.0);
        float lean = between(15 + i, -0.45, 0.45);
        float away = abs(u.x - lamp.x - lean * below) / (0.015 + 0.17 * below);
        vec3 lit = side_colour(i);
        c += lit * (0.26 * falling(0.0, 1.0, away) * exp(-below * 0.9) + 0.10 * f * falling(0.2, 1.6, away));
        c += glow(u - lamp, 0.030, mix(lit, vec3(1.0), 0.5)) * 0.8;
    }
    float haze_here = fbm3(u * vec2(2.5, 4.0) + draws[19] * 40.0 + vec2(0.08 * seconds, 0.0));
    return c + mix(side_colour(0), side_colour(2), u.x) * 0.16 * haze_here * (0.6 + light.fill);
}

vec3 boards(vec2 u, float floor_y) {
    float depth = (floor_y - u.y) / floor_y;
    float x = (u.x - 0.5) / (0.45 + depth);
    float plank = 0.72 + 0.36 * hash(vec2(floor(x * 14.0), 3.0)) * (0.8 + 0.4 * noise(vec2(x * 60.0, depth * 5.0)));
    vec3 c = mix(vec3(0.30, 0.19, 0.12), vec3(0.20, 0.20, 0.23), draws[20]) * plank * (0.35 + 0.45 * light.fill);
    vec2 rug = vec2((u.x - seat().x) / (0.8 + depth), (u.y - seat().y) * 2.6) / (size() * 0.95);
    float r = length(rug);
    vec3 wool = mix(vec3(0.46, 0.10, 0.10), vec3(0.14, 0.16, 0.36), step(0.5, draws[21]));
    wool = mix(wool, vec3(0.80, 0.62, 0.36), 0.7 * step(0.45, sine((rug.x + rug.y) * 2.7) * sine((rug.x - rug.y) * 2.7)) * step(0.12, abs(r - 0.82)));
    c = mix(c, wool * (0.22 + 0.35 * light.fill), inside((r - 1.0) * 0.3));
    vec3 tint = in_loft() ? light.sun * 0.5 * (light.gold + light.day) : mix(side_colour(0), side_colour(3), u.x);
    return c + tint * 0.16 * exp(-depth * 2.5);
}

vec3 amplifier(vec3 c, vec2 p, float scale) {
    float d = box(p, vec2(0.13, 0.17));
    c = mix(c, vec3(0.05, 0.05, 0.06) * (0.7 + light.fill), inside(d * scale));
    vec2 cone = p + vec2(0.0, 0.03);
    vec3 cloth = vec3(0.17, 0.15, 0.13) * (0.6 + 0.6 * light.fill) * (0.85 + 0.2 * sine(p.x * 48.0) * sine(p.y * 48.0));
    c = mix(c, cloth, inside((box(cone, vec2(0.115, 0.125))) * scale));
    c = mix(c, cloth * 0.5, inside((abs(length(cone) - 0.085) - 0.006) * scale));
    return c + glow((p - vec2(-0.09, 0.135)) * scale, 0.02, vec3(1.0, 0.1, 0.05)) * 0.8;
}

vec3 setting(vec2 u) {
    float floor_y = seat().y + 0.34 * size() * 0.55 + 0.06;
    vec3 c = in_loft() ? loft(u, floor_y) : hall(u);
    c = mix(c, boards(u, floor_y), inside(u.y - floor_y));
    float stack = mix(0.9, 1.25, nearness);
    int i = u.x < 0.5 ? 0 : 1;
    vec2 p = (u - vec2(i == 0 ? between(22, 0.06, 0.16) : between(23, 0.84, 0.94), floor_y + 0.10)) / stack;
    if (draws[24 + i] < 0.6 && p.y > 0.172) p.y -= 0.345;
    c = amplifier(c, p, stack);
    return c;
}

vec3 shell_colour() {
    float pick = draws[26] * 5.0;
    return pick < 1.0 ? vec3(0.74, 0.06, 0.10) : pick < 2.0 ? vec3(0.08, 0.20, 0.62) : pick < 3.0 ? vec3(0.86, 0.62, 0.20) : pick < 4.0 ? vec3(0.12, 0.13, 0.15) : vec3(0.10, 0.50, 0.46);
}

// A drum lying on its side or standing: its shell below an elliptic head.
void drum(inout vec4 c, vec2 p, vec2 radii, float high, float scale, vec3 lit, float struck) {
    float shell = max(abs(p.x) - radii.x, max(p.y, -p.y - high));
    shell = min(shell, ellipse(p + vec2(0.0, high), radii));
    vec3 paint = shell_colour() * lit * (0.45 + 0.75 * mound((p.x / radii.x + 0.35) * 2.2) + 0.25 * smoothstep(0.3, 1.0, p.x / radii.x));
    over(c, paint, inside(shell * scale));
    float lugs = max(abs(fract(p.x / radii.x * 1.7) - 0.5) - 0.05, abs(p.y + 0.5 * high) - 0.25 * high) * 0.1;
    over(c, vec3(0.86) * lit, inside(max(lugs, shell + 0.005) * scale));
    over(c, vec3(0.92) * lit, inside((ellipse(p, radii) - 0.012) * scale));
    over(c, mix(vec3(0.95, 0.93, 0.88), vec3(1.0), struck) * lit * (0.80 + 0.2 * struck + 1.2 * p.y), inside(ellipse(p, radii - 0.012) * scale));
}

void cymbal(inout vec4 c, vec2 p, float radius, float tilt, float scale, vec3 lit, float foot) {
    over(c, vec3(0.50, 0.52, 0.56) * lit, inside(stroke(p, vec2(0.0), vec2(0.0, foot), 0.011, 0.013) * scale));
    vec2 q = turned(p, tilt);
    float plate = ellipse(q, vec2(radius, radius * 0.17));
    float sheen = mound((q.x / radius + 0.25 + 0.5 * q.y) * 3.0);
    float grooves = 0.85 + 0.15 * sine(length(q * vec2(1.0, 6.0)) * 33.0);
    over(c, mix(vec3(0.62, 0.40, 0.10), vec3(1.0, 0.90, 0.56), sheen) * lit * grooves * 1.15, inside(plate * scale));
    over(c, vec3(1.0, 0.86, 0.46) * lit, inside(ellipse(q - vec2(0.0, 0.015), vec2(0.2 * radius, 0.11 * radius)) * scale));
}

// How far a stick is lifted, 0 on the skin: quick down, slow up.
float lifted(float phase) { return sqrt(abs(swing(0.5 * between(27, 1.7, 2.6), 0.5 * phase))); }

void drummer(inout vec4 c, vec2 p, float scale, vec3 lit) {
    float nod = 0.018 * swing(between(27, 1.7, 2.6), 0.0);
    vec2 head = vec2(0.0, 1.02 + nod);
    vec3 skin = mix(vec3(0.92, 0.68, 0.54), vec3(0.44, 0.27, 0.19), draws[28]) * lit;
    float pick = draws[29] * 4.0;
    vec3 shirt = (pick < 1.0 ? vec3(0.10) : pick < 2.0 ? vec3(0.86, 0.84, 0.80) : pick < 3.0 ? vec3(0.52, 0.10, 0.12) : vec3(0.20, 0.26, 0.40)) * lit;
    vec3 hair = mix(vec3(0.10, 0.06, 0.04), vec3(0.60, 0.36, 0.14), draws[30] * draws[30]) * lit;
    float wild = step(0.5, draws[31]);
    float mane = ellipse(p - head - vec2(0.0, -0.01 - 0.05 * wild), vec2(0.108, 0.125 + 0.05 * wild)) - 0.012 * noise(p * 30.0 + nod * 20.0);
    over(c, hair * 0.75, inside(mane * scale));
    float torso = min(stroke(p, vec2(0.0, 0.50), vec2(0.0, 0.80), 0.15, 0.16), stroke(p, vec2(-0.15, 0.83), vec2(0.15, 0.83), 0.06, 0.06));
    over(c, shirt * (0.55 + 0.5 * smoothstep(0.45, 0.9, p.y)), inside(torso * scale));
    over(c, skin * 0.75, inside(stroke(p, vec2(0.0, 0.84), head, 0.05, 0.045) * scale));
    over(c, skin * (0.82 + 1.4 * (p.y - head.y)), inside(ellipse(p - head, vec2(0.078, 0.100)) * scale));
    float fringe = max(ellipse(p - head - vec2(0.0, 0.012), vec2(0.092, 0.108)), head.y + 0.035 + 0.2 * p.x * p.x - p.y);
    over(c, hair, inside(fringe * scale));
    float shades = ellipse(vec2(abs(p.x) - 0.032, p.y - head.y - 0.012), vec2(0.030, 0.020));
    over(c, vec3(0.03), inside(shades * scale));
    float smile = max(abs(length(p - head - vec2(0.0, -0.015)) - 0.040) - 0.006, p.y - head.y + 0.035);
    over(c, skin * 0.35, inside(smile * scale));
    for (int i = 0; i < 2; i++) {
        float s = i == 0 ? -1.0 : 1.0;
        float up = lifted(float(i) * 0.5 + draws[32]);
        vec2 shoulder = vec2(0.17 * s, 0.83);
        vec2 elbow = vec2((0.31 + 0.05 * up) * s, 0.66 + 0.10 * up);
        vec2 hand = vec2((0.27 + 0.04 * up) * s, 0.66 + 0.26 * up);
        vec2 tip = mix(vec2(0.36 * s, 0.615), vec2(0.48 * s, 1.12), up);
        over(c, shirt * 0.8, inside(stroke(p, shoulder, mix(shoulder, elbow, 0.5), 0.062, 0.058) * scale));
        over(c, skin * 0.92, inside(min(stroke(p, mix(shoulder, elbow, 0.45), elbow, 0.048, 0.042), stroke(p, elbow, hand, 0.042, 0.034)) * scale));
        float trail = stroke(p, hand, tip, 0.010, 0.010);
        over(c, vec3(1.0, 0.86, 0.60) * lit, inside(trail * scale));
        over(c, skin, inside(disc(p - hand, 0.045) * scale));
    }
}

// The kit around p = (0, 0) on the floor; 1 is about the drummer's height where he sits.
void kit(inout vec4 c, vec2 p, float scale, vec3 lit) {
    float left_hit = 1.0 - lifted(draws[32]);
    float right_hit = 1.0 - lifted(0.5 + draws[32]);
    float sway = 0.05 * swing(3.0, 0.0);
    cymbal(c, p - vec2(-0.50, 0.98), 0.25, 0.26 + sway * left_hit, scale, lit, -0.95);
    cymbal(c, p - vec2(0.52, 1.00), 0.27, -0.24 - sway * right_hit, scale, lit, -0.95);
    drummer(c, p, scale, lit);
    over(c, vec3(0.50, 0.32, 0.08) * lit, inside(ellipse(p - vec2(-0.62, 0.562), vec2(0.17, 0.026)) * scale));
    cymbal(c, p - vec2(-0.62, 0.58), 0.17, 0.04 + 0.4 * sway, scale, lit, -0.56);
    over(c, vec3(0.45, 0.47, 0.52) * lit, inside(min(stroke(p, vec2(-0.40, 0.36), vec2(-0.52, 0.02), 0.012, 0.012), min(stroke(p, vec2(-0.36, 0.36), vec2(-0.24, 0.02), 0.012, 0.012), stroke(vec2(abs(p.x - 0.52), p.y), vec2(0.13, 0.3), vec2(0.17, 0.02), 0.012, 0.012))) * scale));
    drum(c, p - vec2(-0.36, 0.545), vec2(0.165, 0.055), 0.13, scale, lit, left_hit);
    drum(c, p - vec2(0.50, 0.49), vec2(0.195, 0.065), 0.33, scale, lit, right_hit);
    drum(c, p - vec2(-0.145, 0.70), vec2(0.138, 0.055), 0.16, scale, lit, 0.3 * right_hit);
    drum(c, p - vec2(0.165, 0.71), vec2(0.148, 0.060), 0.18, scale, lit, 0.3 * left_hit);

    vec2 b = p - vec2(0.0, 0.275);
    float r = length(b);
    float kick = max(swing(0.5 * between(27, 1.7, 2.6), 0.0), 0.0);
    over(c, vec3(0.50, 0.52, 0.56) * lit, inside(stroke(vec2(abs(b.x), b.y), vec2(0.22, -0.12), vec2(0.33, -0.27), 0.014, 0.010) * scale));
    over(c, mix(shell_colour(), vec3(0.9), 0.25) * lit * (0.55 + 0.6 * smoothstep(-0.3, 0.3, b.y - b.x)), inside((r - 0.285) * scale));
    over(c, vec3(0.08) * lit, inside((r - 0.258) * scale));
    bool white = draws[33] < 0.6;
    vec3 skin_of = white ? vec3(0.94, 0.91, 0.84) : vec3(0.07, 0.07, 0.08);
    over(c, skin_of * lit * (0.72 + 0.9 * (b.y + 0.15) + 0.15 * kick), inside((r - 0.250) * scale));
    float turns = atan(b.x, b.y);
    float points = 5.0 + floor(draws[34] * 3.0);
    float sign_on = draws[35] < 0.5 ? r - 0.085 - 0.065 * abs(fract(turns / TAU * points) - 0.5) * 2.0 : abs(r - 0.13) - 0.03;
    over(c, (white ? shell_colour() * 0.9 : vec3(0.94, 0.80, 0.42)) * lit, inside(sign_on * scale));
}

void thing(inout vec4 c, vec2 u) {
    float scale = size();
    vec2 p = (u - seat()) / scale;
    // The beam swings over from the side; what it has not reached stays in the dark.
    float arrived = arrive(0.0, 0.9);
    vec2 lamp = vec2(seat().x + 0.30 * side(36), 1.15);
    vec2 aim = seat() + vec2(0.0, 0.45 * scale) + vec2((1.0 - arrived) * side(36) * -(0.7 + 0.8 * scale), 0.0);
    vec2 along = normalize(aim - lamp);
    vec2 from = u - lamp;
    float down = dot(from, along);
    float away = abs(from.x * along.y - from.y * along.x) / max(down, 0.05);
    float wide = mix(0.16, 0.24 + 0.85 * scale, arrived);
    float lit_here = mix(falling(0.75 * wide, wide, away), 1.0, smoothstep(0.9, 1.0, presence));
    shine(c, beam_colour() * presence * 0.20 * falling(0.2 * wide, 0.7 * wide, away) * exp(-down * 0.9));
    float pool = length((u - aim + vec2(0.0, 0.45 * scale)) / vec2(0.95 * scale, 0.22 * scale));
    shine(c, beam_colour() * presence * 0.20 * falling(0.5, 1.1, pool));

    vec3 lit = beam_colour() * (0.72 + 0.36 * light.fill) * (0.80 + 0.35 * smoothstep(-0.1, 1.0, p.y));
    vec4 drawn = c;
    over(drawn, vec3(0.0), 0.5 * softly(ellipse(p - vec2(0.0, 0.02), vec2(0.75, 0.07)) * scale, 0.05 * scale));
    kit(drawn, p, scale, lit);
    c = mix(c, drawn, lit_here);
}
