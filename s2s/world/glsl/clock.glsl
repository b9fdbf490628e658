// Clock: a parlour with the light of a window on its wall, a pendulum clock behind a curtain that parts for it; near,
// the open dial shows its turning wheels.

vec3 wood_colour() {
    float pick = draws[0] * 4.0;
    return pick < 1.0 ? vec3(0.44, 0.17, 0.09) : pick < 2.0 ? vec3(0.52, 0.33, 0.17) : pick < 3.0 ? vec3(0.17, 0.12, 0.11) : vec3(0.66, 0.46, 0.26);
}

vec3 brass(float shade) { return mix(vec3(0.42, 0.25, 0.07), vec3(1.0, 0.84, 0.46), shade); }

// What a white thing on the wall looks like: lamplight by night, the window's by day.
vec3 indoors() { return mix(light.fill * 0.82, vec3(0.92, 0.66, 0.42), 0.75 * light.night + 0.25 * light.gold); }

vec2 dial_at() { return mix(vec2(between(1, 0.34, 0.66), between(2, 0.62, 0.70)), vec2(0.5, 0.63), nearness); }

float dial_radius() { return mix(0.085, 0.33, pow(nearness, 1.3)); }

// How far the curtain has been drawn aside, from the clock's middle.
float parted() { return presence * (dial_radius() * 1.9 + 0.06); }

vec3 wall(vec2 u) {
    float pick = draws[3] * 4.0;
    vec3 ground = pick < 1.0 ? vec3(0.20, 0.34, 0.32) : pick < 2.0 ? vec3(0.52, 0.24, 0.20) : pick < 3.0 ? vec3(0.70, 0.62, 0.46) : vec3(0.26, 0.30, 0.46);
    float count = between(4, 7.0, 11.0);
    vec2 q = u * count;
    q.x += 0.5 * mod(floor(q.y), 2.0);
    vec2 p = fract(q) - 0.5;
    float angle = atan(p.y, p.x);
    float flower = length(p) - 0.20 - 0.09 * cos(angle * (4.0 + floor(draws[5] * 3.0)) + 1.5708);
    float stem = abs(length(vec2(abs(p.x) - 0.5, p.y)) - 0.30) - 0.035;
    vec3 c = mix(ground, ground * 1.45 + 0.04, 0.55 * softly(min(flower, stem), 0.03));
    float wainscot = between(6, 0.16, 0.26);
    float panel = abs(abs(fract(u.x * 3.5) - 0.5) - 0.40) - 0.012;
    vec3 boards = wood_colour() * (0.62 + 0.30 * noise(u * vec2(9.0, 70.0))) * (1.0 - 0.45 * softly(panel, 0.006));
    c = mix(c, boards, inside(u.y - wainscot));
    return mix(c, boards * 1.5, inside(abs(u.y - wainscot) - 0.010));
}

// The window's light on the wall: slanting panes, their place told by the hour.
float window_panes(vec2 u) {
    float travel = clamp((hour - 12.0) / 7.0, -1.0, 1.0);
    vec2 p = u - vec2(0.5 - 0.32 * travel, between(7, 0.48, 0.60));
    p.y += 0.55 * travel * p.x;
    vec2 pane = abs(p) - vec2(0.20, 0.26);
    float bars = min(abs(p.x), abs(abs(p.y) - 0.09)) - 0.010;
    float edge = max(pane.x, pane.y);
    float leaves = smoothstep(0.35, 0.6, fbm2(u * 7.0 + draws[8] * 40.0 + vec2(0.10 * sin(seconds * 0.7), 0.0)));
    return softly(edge, 0.014) * (1.0 - softly(bars, 0.008)) * mix(1.0, leaves, 0.55);
}

vec3 room(vec2 u) {
    vec3 c = wall(u) * indoors() * (0.45 + 0.35 * fbm2(u * 3.0 + draws[9] * 40.0));
    c += c * light.sun * 2.2 * window_panes(u) * (light.gold + 0.8 * light.day);
    return c;
}

// A painted landscape in a gold frame, such as hangs in parlours.
vec3 framed(vec3 c, vec2 p) {
    vec2 half_size = vec2(between(10, 0.07, 0.11), between(11, 0.07, 0.13));
    float d = box(p, half_size);
    c = mix(c, c * 0.55, softly(box(p + vec2(-0.012, 0.018), half_size + 0.018), 0.02));
    c = mix(c, brass(0.5 + 3.0 * (d + 0.0)) * indoors(), inside(d - 0.018));
    vec3 sky_in = mix(vec3(0.86, 0.72, 0.50), vec3(0.42, 0.55, 0.66), smoothstep(-0.05, 0.10, p.y));
    vec3 land_in = mix(vec3(0.20, 0.26, 0.14), vec3(0.40, 0.32, 0.16), noise(p * 40.0));
    return mix(c, mix(sky_in, land_in, step(p.y, 0.05 * noise(vec2(p.x * 16.0, draws[12] * 30.0)) - 0.03)) * indoors() * 0.9, inside(d));
}

// A lamp on a table before the wall.
vec3 lamp(vec3 c, vec2 p) {
    float table = box(p + vec2(0.0, 0.30), vec2(0.17, 0.018));
    float foot = min(ellipse(p + vec2(0.0, 0.20), vec2(0.045, 0.075)), box(p + vec2(0.0, 0.12), vec2(0.008, 0.06)));
    float shade = taper(p + vec2(0.0, 0.075), 0.085, 0.045, 0.115);
    c = mix(c, wood_colour() * indoors() * 0.8, inside(min(table, box(p + vec2(0.0, 0.50), vec2(0.022, 0.20)))));
    c = mix(c, mix(vec3(0.20, 0.36, 0.48), vec3(0.72, 0.66, 0.56), draws[13]) * indoors() * (0.7 + 6.0 * max(p.x, -0.04)), inside(foot));
    float on = light.night + 0.6 * light.gold;
    vec3 silk = mix(vec3(0.86, 0.76, 0.56) * indoors(), vec3(1.0, 0.86, 0.54), on);
    c = mix(c, silk * (0.85 + 0.15 * cos(p.x * 190.0)), inside(shade));
    return c + vec3(1.0, 0.66, 0.30) * on * (0.30 * exp(-length(p) * 3.2) + 0.30 * exp(-length(p) * 9.0));
}

vec3 curtain(vec2 u, float from_middle) {
    vec3 velvet = draws[14] < 0.35 ? vec3(0.46, 0.05, 0.08) : draws[14] < 0.65 ? vec3(0.06, 0.22, 0.20) : draws[14] < 0.85 ? vec3(0.14, 0.12, 0.34) : vec3(0.56, 0.36, 0.10);
    float gathered = 1.0 + 1.2 * presence;
    float folds = sin(from_middle * 58.0 * gathered + 3.0 * noise(vec2(from_middle * 9.0, u.y * 2.0 + draws[15] * 30.0)) + 1.2 * sin(u.y * 3.0));
    vec3 c = velvet * (0.48 + 0.36 * folds + 0.28 * folds * folds) * indoors() * 1.25;
    float hem = 0.09;
    c = mix(c, brass(0.45 + 0.4 * folds) * indoors() * 0.85, inside(abs(u.y - hem) - 0.012));
    return mix(c, brass(0.4 + 0.4 * sin(from_middle * 300.0)) * 0.7 * indoors(), inside(max(u.y - hem + 0.012, hem - 0.05 - u.y)));
}

// How much of the curtain hangs over a pixel; its edges swing as it moves.
float hung(vec2 u) {
    float from_middle = abs(u.x - dial_at().x);
    float edge = parted() + 0.05 * presence * smoothstep(0.3, 1.0, u.y) * sin(u.y * 4.0) + 0.02 * sin(u.y * 9.0 + seconds) * presence * (1.0 - presence);
    float reach = dial_radius() * 2.1 + 0.26 - 0.04 * nearness;
    float d = max(edge - from_middle, from_middle - max(reach, edge + 0.07));
    return inside(max(d, u.y - 0.955));
}

vec3 setting(vec2 u) {
    vec3 c = room(u);
    float away = dial_at().x < 0.5 ? 1.0 : -1.0;
    float spare = dial_radius() * 1.9 + 0.34;
    c = framed(c, u - vec2(dial_at().x - away * spare * between(16, 0.9, 1.1), between(17, 0.58, 0.72)));
    c = lamp(c, u - vec2(dial_at().x + away * (spare + between(18, -0.06, 0.08)), between(19, 0.44, 0.54)));
    c = mix(c, c * 0.55, softly(abs(abs(u.x - dial_at().x) - parted()) - 0.05, 0.05) * 0.6 * (1.0 - presence * 0.5));
    c = mix(c, curtain(u, abs(u.x - dial_at().x)), hung(u));
    float pole = abs(u.y - 0.955) - 0.013;
    return mix(c, brass(0.8 - 30.0 * abs(u.y - 0.960)) * indoors(), inside(pole));
}

// A toothed wheel around p = (0, 0) with spokes; a is its coverage.
vec4 wheel(vec2 p, float radius, float teeth, float angle, float scale) {
    float r = length(p);
    float a = atan(p.y, p.x) + angle;
    float rim = r - radius - 0.045 * radius * clamp(3.0 * sin(a * teeth), -1.0, 1.0);
    float open = max(r - 0.78 * radius, max(0.24 * radius - r, 0.09 * radius - abs(sin(a * 2.5)) * r));
    float d = max(rim, -open);
    float shade = 0.35 + 0.35 * sin(a * 2.0 - angle + 1.0) + 0.3 * smoothstep(0.7, 1.0, r / radius);
    return vec4(brass(shade) * indoors(), inside(d * scale));
}

// The works behind the dial, seen through its middle.
void works(inout vec4 c, vec2 p, float scale, float shown) {
    over(c, vec3(0.10, 0.07, 0.06) * indoors(), shown);
    float beat = floor(seconds * 2.0) + smoothstep(0.0, 0.25, fract(seconds * 2.0));
    vec4 great = wheel(p - vec2(0.16, 0.10), 0.30, 26.0, beat * 0.10, scale);
    over(c, great.rgb * 0.85, great.a * shown);
    vec4 second = wheel(p - vec2(-0.22, -0.12), 0.25, 20.0, 0.6 - beat * 0.13, scale);
    over(c, second.rgb, second.a * shown);
    vec4 third = wheel(p - vec2(0.10, -0.28), 0.15, 13.0, beat * 0.21, scale);
    over(c, third.rgb * 1.1, third.a * shown);
}

// The dial around p = (0, 0), its ring reaching to 1.
void dial(inout vec4 c, vec2 p, float scale, vec3 lit) {
    float r = length(p);
    float a = atan(p.x, p.y) / TAU;
    bool pale = draws[20] < 0.7;
    vec3 face = pale ? vec3(0.97, 0.94, 0.84) : vec3(0.10, 0.12, 0.20);
    vec3 ink = pale ? vec3(0.09, 0.07, 0.08) : vec3(0.96, 0.82, 0.46);
    over(c, brass(0.55 + 0.45 * dot(p, vec2(-0.5, 0.6))) * lit, inside((r - 1.14) * scale));
    over(c, brass(0.20) * lit, inside((r - 1.02) * scale));
    over(c, face * lit * (0.88 + 0.14 * p.y), inside((r - 1.0) * scale));
    float open = inside((r - 0.56) * scale) * smoothstep(0.25, 0.55, nearness) * step(draws[21], 0.75);
    works(c, p, scale, open);

    float numeral = abs(fract(a * 12.0 + 0.5) - 0.5) / 12.0 * TAU * r;
    float twin = floor(a * 12.0 + 0.5);
    float strokes = min(abs(numeral - 0.035 * step(0.5, mod(twin, 2.0))), mod(twin, 3.0) < 0.5 ? abs(numeral - 0.075) : 9.0) - 0.016;
    float ring = max(strokes, abs(r - 0.80) - 0.115);
    float minutes = max(abs(fract(a * 60.0 + 0.5) - 0.5) / 60.0 * TAU * r - 0.008, abs(r - 0.955) - 0.025);
    float lines = min(abs(r - 0.92) - 0.006, abs(r - 0.66) - 0.006);
    over(c, ink * lit, inside(min(min(ring, minutes), lines) * scale));
}

float hand(vec2 p, float turns, float reach, float width) {
    vec2 q = turned(p, -turns * TAU);
    float blade = stroke(q, vec2(0.0, -0.12), vec2(0.0, reach), width, width * 0.35);
    return min(blade, abs(disc(q - vec2(0.0, reach * 0.68), width * 1.9)) - width * 0.5);
}

void hands(inout vec4 c, vec2 p, float scale, vec3 lit) {
    float past = fract(hour);
    float d = min(hand(p, hour / 12.0, 0.55, 0.045), hand(p, past, 0.82, 0.034));
    vec3 blued = draws[20] < 0.7 ? vec3(0.05, 0.06, 0.14) : vec3(1.0, 0.88, 0.55);
    over(c, vec3(0.0), 0.35 * inside((hand(p + vec2(-0.03, 0.04), past, 0.82, 0.034)) * scale));
    over(c, blued * lit, inside(d * scale));
    float ticking = (floor(seconds) + smoothstep(0.0, 0.12, fract(seconds))) / 60.0 + draws[22];
    over(c, vec3(0.75, 0.10, 0.08) * lit, inside(stroke(turned(p, -ticking * TAU), vec2(0.0, -0.2), vec2(0.0, 0.86), 0.012, 0.008) * scale));
    over(c, brass(0.8) * lit, inside(disc(p, 0.06) * scale));
}

// The case: arched or gabled above the dial, a glazed door below in which the pendulum swings.
void clock_case(inout vec4 c, vec2 p, float scale, vec3 lit) {
    float reach = between(23, 2.3, 3.6);
    float body = box(p - vec2(0.0, -0.5 * reach + 0.25), vec2(1.05, 0.5 * reach + 0.60));
    float head = box(p, vec2(1.32, 1.25));
    float crest = draws[24] < 0.4 ? disc(p - vec2(0.0, 0.55), 1.25) : draws[24] < 0.7 ? taper(p - vec2(0.0, 1.2), 1.45, 0.05, 0.75) : min(disc(vec2(abs(p.x) - 0.75, p.y - 1.3), 0.42), box(p - vec2(0.0, 1.3), vec2(1.0, 0.22)));
    float foot = min(box(p - vec2(0.0, -reach), vec2(1.22, 0.16)), box(p - vec2(0.0, 1.25), vec2(1.42, 0.08)));
    float finial = min(disc(p - vec2(0.0, draws[24] < 0.7 ? 1.88 : 1.62), 0.15), taper(p - vec2(0.0, -reach - 0.55), 0.10, 0.55, 0.42));
    float whole = min(min(body, head), min(crest, min(foot, finial)));
    vec3 wood = wood_colour() * lit * (0.72 + 0.5 * noise(vec2(p.x * 7.0 + 3.0 * noise(p * 2.0), p.y * 1.2) + draws[25] * 40.0));
    wood *= 0.78 + 0.34 * smoothstep(1.2, -1.2, p.x);
    wood = mix(wood, wood * 1.7 + 0.05, inside((abs(min(head, foot) + 0.07) - 0.025) * scale));
    over(c, vec3(0.0), 0.40 * softly((whole - 0.05) * scale + 0.2 * (p.x < 0.0 ? 0.05 : 0.0) * scale, 0.10 * scale));
    over(c, wood, inside(whole * scale));

    vec2 q = p + vec2(0.0, 0.5 * (reach + 1.25) - 0.03);
    float glass = box(q, vec2(0.78, 0.5 * (reach - 1.25) - 0.12));
    over(c, mix(wood_colour(), vec3(0.10, 0.07, 0.06), 0.75) * lit * 0.75, inside(glass * scale));
    float swing = 0.22 * sin(seconds * TAU * between(26, 0.8, 1.1) + draws[27] * TAU);
    vec2 b = turned(p, swing);
    float long_rod = reach - 0.75;
    float rod = max(box(b + vec2(0.0, 0.5 * long_rod), vec2(0.035, 0.5 * long_rod)), glass);
    float bob = disc(b + vec2(0.0, long_rod), 0.36);
    over(c, brass(0.6) * lit, inside(rod * scale));
    over(c, brass(0.62 + 0.9 * dot(b + vec2(0.0, long_rod), vec2(-0.6, 0.7))) * lit * 1.1, inside(max(bob, glass) * scale));
    over(c, brass(0.15) * lit, 0.7 * inside(max(abs(bob + 0.10) - 0.015, glass) * scale));
    over(c, vec3(1.0), 0.10 * inside(max(glass, abs(q.x * 1.2 + q.y * 0.5) - 0.16) * scale));
}

void thing(inout vec4 c, vec2 u) {
    float scale = dial_radius();
    vec2 p = (u - dial_at()) / scale;
    vec3 lit = indoors() * 1.04;
    vec4 drawn = c;
    clock_case(drawn, p, scale, lit);
    dial(drawn, p, scale, lit);
    hands(drawn, p, scale, lit);
    c = mix(c, drawn, 1.0 - hung(u));
}
