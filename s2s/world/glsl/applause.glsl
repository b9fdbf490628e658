// Applause: a theatre from its stalls, players bowing in the light; hands rise before the stage and clap; near, they
// are our neighbours'.

float stage_y() { return mix(0.40, 0.46, nearness) + between(0, -0.03, 0.03); }

float house_light() { return 0.42 + 0.50 * light.day + 0.30 * light.gold; }

vec3 beam_colour(int i) {
    float pick = fract(draws[1] + 0.31 * float(i)) * 4.0;
    vec3 warm = pick < 1.0 ? vec3(1.0, 0.86, 0.58) : pick < 2.0 ? vec3(1.0, 0.70, 0.42) : pick < 3.0 ? vec3(1.0, 0.90, 0.80) : vec3(1.0, 0.74, 0.62);
    return mix(warm, vec3(0.72, 0.80, 1.0), 0.45 * light.night * draws[2]);
}

vec3 velvet() {
    float pick = draws[3] * 4.0;
    return pick < 2.2 ? vec3(0.62, 0.05, 0.07) : pick < 3.0 ? vec3(0.10, 0.16, 0.46) : pick < 3.5 ? vec3(0.06, 0.30, 0.22) : vec3(0.42, 0.10, 0.36);
}

vec3 gold(float shade) { return mix(vec3(0.34, 0.17, 0.04), vec3(1.0, 0.82, 0.42), shade); }

float folds(float x, float row) { return 0.5 + 0.5 * sine(x * 11.1 + 0.64 * noise(vec2(x * 9.0, row))); }

// What hangs behind the players: the closed curtain, a painted sky, or in the open air the sky itself.
vec3 backdrop(vec2 u, float floor_y) {
    float f = folds(u.x, 3.0 + draws[4] * 20.0);
    vec3 c = velvet() * (0.30 + 0.75 * f) * (0.75 + 0.5 * smoothstep(0.9, 0.4, u.y));
    c = mix(c, gold(0.3 + 0.6 * f) * 0.8, inside(abs(u.y - floor_y - 0.035) - 0.012));
    if (chance(5, 0.4)) {
        c = sky(u, floor_y + 0.05);
        c = hills(c, u, floor_y + 0.02, 0.16, 3.0, draws[6], hazed(vec3(0.20, 0.28, 0.26) * light.fill, 0.30));
    }
    return c;
}

vec3 beams(vec2 u) {
    vec3 sum = vec3(0.0);
    for (int i = 0; i < 4; i++) {
        vec2 lamp = vec2(between(7 + i, 0.05, 0.95), 1.08);
        float lean = (0.5 - lamp.x) * between(11 + i, 0.3, 1.3);
        float below = max(lamp.y - u.y, 0.0);
        float away = abs(u.x - lamp.x - lean * below) / (0.03 + 0.20 * below);
        sum += beam_colour(i) * falling(0.2, 1.0, away) * exp(-below * 1.1) * (0.8 + 0.4 * noise(vec2(u.x * 5.0 + 0.3 * seconds, u.y * 5.0)));
    }
    return sum;
}

// A player in the row that bows, standing on p = (0, 0), one unit tall; `bow` is how deep.
void player(inout vec3 c, vec2 p, float scale, float bow, float chosen) {
    vec2 hip = vec2(0.0, 0.50);
    vec2 chest = hip + 0.30 * vec2(0.25 * bow * (chosen - 0.5), 1.0 - 0.45 * bow);
    vec2 head = chest + vec2(0.0, 0.14 - 0.10 * bow);
    bool gown = chosen < 0.5;
    float legs = gown ? taper(p, 0.20, 0.08, 0.52) : min(stroke(p, vec2(0.055, 0.0), hip + vec2(0.04, 0.0), 0.04, 0.055), stroke(p, vec2(-0.055, 0.0), hip - vec2(0.04, 0.0), 0.04, 0.055));
    float body = min(legs, stroke(p, hip, chest, 0.085, 0.10));
    float arms = min(stroke(p, chest + vec2(0.09, 0.02), vec2(0.26, 0.62 - 0.06 * bow), 0.035, 0.025), stroke(p, chest - vec2(0.09, -0.02), vec2(-0.26, 0.62 - 0.06 * bow), 0.035, 0.025));
    float pick = fract(chosen * 9.0) * 4.0;
    vec3 cloth = pick < 1.0 ? vec3(0.92, 0.90, 0.86) : pick < 2.0 ? vec3(0.12, 0.11, 0.14) : pick < 3.0 ? vec3(0.80, 0.14, 0.18) : vec3(0.16, 0.30, 0.58);
    cloth *= beam_colour(0) * (0.55 + 0.75 * smoothstep(0.2, 0.9, p.y));
    c = mix(c, cloth, inside(min(body, arms) * scale));
    c = mix(c, vec3(0.72, 0.50, 0.38) * beam_colour(0), inside(disc(p - head, 0.070) * scale));
    c = mix(c, vec3(0.16, 0.10, 0.06), inside(max(disc(p - head - vec2(0.0, 0.015), 0.078), head.y + 0.01 - 0.09 * bow - p.y) * scale));
}

vec3 stage(vec2 u) {
    float floor_y = stage_y();
    vec3 c = backdrop(u, floor_y) * (0.35 + 0.65 * house_light());
    vec3 lit = beams(u);
    float depth = clamp((floor_y + 0.04 - u.y) / 0.16, 0.0, 1.0);
    float boards = 0.75 + 0.3 * noise(vec2((u.x - 0.5) / (1.0 + 1.6 * depth) * 40.0, depth * 2.0));
    vec3 planks = vec3(0.62, 0.38, 0.20) * boards * (0.35 + 0.5 * house_light());
    planks += planks * 1.6 * beam_colour(0) * mound((u.x - 0.5) * 2.4);
    c = mix(c, planks, inside(u.y - floor_y - 0.04));
    c += (0.22 + 0.9 * c) * lit * 0.62;

    float tall = mix(0.16, 0.24, nearness);
    float count = 2.0 + floor(draws[15] * 4.0);
    float pitch = 0.62 * tall;
    float x = (u.x - 0.5) / pitch + 0.5 * count;
    float i = clamp(floor(x), 0.0, count - 1.0);
    float bow = smoothstep(-0.1, 0.8, sin(seconds * 0.9 + draws[16] * TAU));
    vec2 p = vec2((x - i - 0.5) * pitch, u.y - floor_y - 0.005) / tall;
    c = mix(c, c * 0.4, 0.6 * softly(ellipse(p, vec2(0.24, 0.03)) * tall, 0.01));
    player(c, p, tall, bow, hash(vec2(i, floor(draws[17] * 90.0))));

    vec3 apron = mix(gold(0.35 + 0.4 * sin(u.x * 60.0)), velvet() * 0.5, 0.5) * 0.7;
    c = mix(c, apron * (0.4 + 0.5 * house_light()), inside(u.y - floor_y + 0.085));
    float foot = abs(fract(u.x * 16.0) - 0.5) / 16.0;
    return c + beam_colour(1) * 0.8 * exp(-length(vec2(foot, u.y - floor_y + 0.07)) * 60.0);
}

// The gilded frame of the stage, its drawn curtains and its boxes.
vec3 proscenium(vec3 c, vec2 u) {
    float wide = between(18, 0.40, 0.47);
    float top = between(19, 0.86, 0.93);
    vec2 p = vec2(abs(u.x - 0.5), u.y);
    float swag = top - 0.05 - 0.05 * abs(sin(u.x * 3.1416 * 4.0)) - 0.02 * sine(u.x * 8.0);
    vec3 cloth = velvet() * (0.32 + 0.75 * folds(u.x, 8.0)) * (0.4 + 0.6 * house_light());
    float drape = wide - 0.06 - 0.07 * smoothstep(stage_y() + 0.25, stage_y() + 0.5, p.y) + 0.03 * smoothstep(stage_y() + 0.2, stage_y(), p.y);
    c = mix(c, cloth, inside(min(drape - p.x, swag - p.y)) * step(stage_y() - 0.03, p.y));
    c = mix(c, gold(0.7) * 0.8, inside(abs(swag - p.y) - 0.007) * step(p.x, wide));
    float frame = min(wide - p.x, top - p.y);
    float carved = 0.35 + 0.35 * sine(frame * 36.6) + 0.45 * noise(p * 70.0) * sine((p.x < wide ? p.x : p.y) * 12.0);
    vec3 gilt = gold(0.25 + 0.6 * carved) * (0.30 + 0.55 * house_light()) + beam_colour(1) * 0.10;
    c = mix(c, gilt, inside(frame));
    vec3 wall = mix(velvet() * 0.55, vec3(0.42, 0.30, 0.20), 0.45) * (0.30 + 0.55 * house_light());
    float tier = fract((p.y - 0.1) * 4.2);
    wall = mix(wall, wall * 0.35, step(0.42, tier));
    wall = mix(wall, gold(0.6 + 0.3 * sine(p.y * 48.0 + p.x * 14.0)) * (0.3 + 0.4 * house_light()), step(abs(tier - 0.36), 0.07));
    return mix(c, wall, inside(frame + 0.055));
}

// One rank of heads in the stalls, seen against the stage.
vec3 heads(vec3 c, vec2 u, float line, float size, float offset) {
    float x = u.x / (size * 2.9) + offset * 30.0;
    float chosen = hash(vec2(floor(x), offset * 50.0));
    vec2 p = vec2((fract(x) - 0.5) * 2.9 * size + 0.35 * size * (chosen - 0.5), u.y - line - 0.5 * size * chosen);
    float shoulders = min(ellipse(p + vec2(0.0, 2.2 * size), vec2(1.40, 1.2) * size), box(p + vec2(0.0, 6.2 * size), vec2(1.40, 4.0) * size));
    float d = min(shoulders, ellipse(p, vec2(0.84, 1.05) * size));
    float bun = chosen > 0.66 ? disc(p - vec2(0.0, 1.05 * size), 0.45 * size) : 9.0;
    vec3 dark = mix(vec3(0.07, 0.05, 0.07), velvet() * 0.20, 0.4) * (0.5 + 0.9 * house_light());
    vec3 rim = beam_colour(1) * 0.55 * smoothstep(-0.30 * size, 0.0, min(d, bun)) * smoothstep(0.0, 1.1 * size, p.y);
    return mix(c, dark + rim, inside(min(d, bun)));
}

vec3 setting(vec2 u) {
    vec3 c = stage(u);
    if (chance(20, 0.7)) c = proscenium(c, u);
    float size = mix(0.022, 0.062, nearness);
    for (int i = 0; i < 3; i++) {
        float near = float(i) / 2.0;
        c = heads(c, u, mix(0.27, mix(0.06, -0.02, nearness), near), size * (0.72 + 0.42 * near), draws[21 + i]);
    }
    return c;
}

// A pair of hands around p = (0, 0), a hand one unit long, `gap` apart; distance to skin and to sleeve.
vec2 hands(vec2 p, float gap) {
    vec2 q = turned(vec2(abs(p.x) - gap, p.y), -0.10 - 0.22 * gap);
    float palm = ellipse(q - vec2(0.05, 0.02), vec2(0.21, 0.34));
    float fingers = min(min(stroke(q, vec2(-0.04, 0.22), vec2(-0.11, 0.66), 0.075, 0.055), stroke(q, vec2(0.05, 0.26), vec2(0.03, 0.76), 0.080, 0.058)),
                        min(stroke(q, vec2(0.13, 0.24), vec2(0.16, 0.68), 0.078, 0.055), stroke(q, vec2(0.20, 0.16), vec2(0.28, 0.52), 0.068, 0.048)));
    float thumb = stroke(q, vec2(-0.06, -0.10), vec2(-0.20, 0.26), 0.085, 0.058);
    float wrist = stroke(q, vec2(0.07, -0.2), vec2(0.20, -0.80), 0.155, 0.17);
    float sleeve = stroke(q, vec2(0.19, -0.76), vec2(0.62, -2.9), 0.24, 0.34);
    return vec2(min(min(palm, fingers), min(thumb, wrist)), sleeve);
}

void rank_of_hands(inout vec4 c, vec2 u, float line, float size, float offset, float near) {
    float pitch = size * 2.25;
    float x = u.x / pitch + offset * 30.0;
    float chosen = hash(vec2(floor(x), offset * 50.0));
    float other = hash(vec2(offset * 40.0, floor(x) + 3.0));
    // Fewer than three claps a second: near, each uncovers what is bright, and that is a flash (WCAG 2.3.1).
    float beat = seconds * (2.4 + 1.1 * chosen) + 7.0 * other;
    float gap = mix(0.03, 0.62, 0.5 + 0.5 * sine(beat * 0.8 + 0.25)) + 0.02;
    // Hands come up out of the dark one after the other.
    float up = smoothstep(0.5 * other, 0.5 + 0.5 * other, presence);
    vec2 p = vec2((fract(x) - 0.5) * pitch + 0.3 * size * (chosen - 0.5), u.y - line - size * (0.8 * other - 3.4 * (1.0 - up))) / size;
    p = turned(p, 0.5 * (other - 0.5));
    vec2 d = hands(p, gap);
    float shown = step(other * 0.99, 0.86);
    vec3 light_here = beam_colour(1);
    float top = smoothstep(-1.4, 0.8, p.y);
    vec3 skin = mix(vec3(0.80, 0.54, 0.42), vec3(0.36, 0.21, 0.15), chosen) * (0.16 + 0.32 * house_light() * near);
    skin += light_here * (0.16 * top + 0.62 * smoothstep(-0.10, 0.0, d.x) * (0.35 + 0.65 * top));
    vec3 cloth = mix(vec3(0.05, 0.05, 0.07), mix(velvet(), vec3(0.20, 0.22, 0.30), chosen), 0.22 * house_light());
    cloth += light_here * 0.40 * smoothstep(-0.14, 0.0, d.y) * top;
    over(c, cloth, inside(d.y * size) * shown);
    over(c, skin, inside(d.x * size) * shown);
}

void confetti(inout vec4 c, vec2 u) {
    for (int i = 0; i < 2; i++) {
        float grain = 11.0 - 4.0 * float(i);
        vec2 q = vec2(u.x + 0.03 * sine(u.y * 1.4 + seconds * 0.3), u.y + seconds * (0.16 + 0.07 * float(i))) * grain + draws[24 + i] * 40.0;
        vec2 cell = floor(q);
        vec2 p = turned(fract(q) - 0.2 - 0.6 * hash2(cell), hash(cell + 3.0) * 6.0 + seconds * 3.0);
        float flake = box(p, vec2(0.11, 0.05 + 0.05 * swing(0.8, 0.16 * cell.x)));
        vec3 paper = hash(cell + 9.0) < 0.5 ? gold(0.9) : hash(cell + 11.0) < 0.5 ? vec3(0.94, 0.94, 0.96) : velvet() * 1.4;
        float thrown = step(hash(cell + 5.0), 0.42 * presence * smoothstep(0.15, 0.6, u.y));
        over(c, paper * (0.6 + 0.5 * hash(cell + 1.0)), inside(flake / grain) * thrown);
    }
}

void thing(inout vec4 c, vec2 u) {
    if (chance(26, 0.35)) confetti(c, u);
    float largest = mix(0.065, 0.205, nearness);
    for (int i = 0; i < 3; i++) {
        float near = float(i) / 2.0;
        float line = mix(0.31, mix(0.11, 0.17, nearness), near);
        rank_of_hands(c, u, line, largest * mix(0.42, 1.0, near), draws[27 + i], near);
    }
}
