// Rain: a wet street in grey light, lamps and their long reflections, a walker under a bright umbrella.

const float KERB = 0.40;

vec3 mist() { return mix(vec3(0.54, 0.63, 0.68), light.horizon, 0.15) * mix(light.fill, vec3(0.72, 0.80, 0.86), 0.38); }

// squash draws the lamps out into the long reflections of a wet street.
vec3 street_front(vec2 u, float squash) {
    float height = clamp((u.y - KERB) / (1.0 - KERB), 0.0, 1.0);
    vec3 cloud = mist() * (0.62 + 0.5 * fbm3(vec2(u.x * 2.5, u.y * 4.0) + draws[0] * 40.0));
    vec3 c = mix(mist(), cloud, smoothstep(0.1, 0.6, height));
    for (int i = 0; i < 3; i++) {
        float per_unit = 4.5 - float(i);
        float x = u.x * per_unit + draws[1 + i] * 30.0;
        float tall = hash(vec2(floor(x), float(i) + 3.0));
        float roof = 0.10 * abs(fract(x) - 0.5) * step(0.5, draws[4]);
        float top = KERB + (0.12 + 0.30 * tall) * (0.75 + 0.20 * float(i)) - roof;
        vec3 wall = mix(mist(), vec3(0.12, 0.16, 0.19) * light.fill, 0.22 + 0.20 * float(i));
        c = mix(c, wall, inside(u.y - top));
    }
    for (int i = 0; i < 4; i++) {
        vec2 lamp = vec2(between(8 + i, 0.04, 0.96), KERB + between(12 + i, 0.08, 0.24));
        vec3 warm = mix(vec3(1.0, 0.62, 0.24), vec3(1.0, 0.86, 0.58), draws[16 + i]);
        c += glow((u - lamp) * vec2(1.0, squash), 0.06, warm) * (0.45 + 0.55 * (1.0 - light.day)) * step(float(i), 1.0 + 3.0 * draws[20]);
    }
    return c;
}

vec3 umbrella_colour() {
    float pick = draws[24] * 4.0;
    vec3 bright = pick < 1.0 ? vec3(0.88, 0.10, 0.10) : pick < 2.0 ? vec3(0.98, 0.72, 0.08)
        : pick < 3.0 ? vec3(0.06, 0.52, 0.58) : vec3(0.94, 0.36, 0.10);
    return bright * (0.40 + 0.60 * light.fill + 0.15 * light.night);
}

// The walker stands on p = (0, 0), the umbrella's top at 1; carries it furled until the rain comes. a is the coverage.
vec4 walker(vec2 p) {
    vec3 coat = mix(vec3(0.08, 0.09, 0.13), vec3(0.24, 0.12, 0.10), draws[21]) * (0.6 + 0.4 * light.fill);
    float body = min(taper(p - vec2(0.0, 0.10), 0.15, 0.07, 0.48), disc(p - vec2(0.0, 0.64), 0.065));
    body = min(body, stroke(vec2(abs(p.x) - 0.06, p.y), vec2(0.0, 0.0), vec2(0.0, 0.15), 0.032, 0.04));
    float furled = stroke(p, vec2(0.17 * side(22), 0.03), vec2(0.12 * side(22), 0.36), 0.006, 0.026);
    float carried = inside(furled) * (1.0 - come(0.0, 0.2));
    return vec4(mix(coat, 0.6 * umbrella_colour(), carried), max(inside(body), carried));
}

vec4 umbrella(vec2 p) {
    float open = come(0.1, 0.6);
    vec2 q = (p - vec2(0.05 * side(22), 0.68)) / vec2(mix(0.12, 1.0, open), 1.0);
    float scallop = 0.030 * abs(sin(q.x * 17.0));
    float canopy = max(ellipse(q, vec2(0.37, 0.30)), -q.y + scallop);
    float rib = 0.82 + 0.26 * smoothstep(-0.35, 0.30, q.x * side(23)) + 0.10 * sin(q.x * 24.0);
    return vec4(umbrella_colour() * rib, inside(canopy) * come(0.02, 0.12));
}

float walker_tall() { return mix(0.30, 0.86, nearness); }

vec2 walker_feet() { return vec2(between(6, 0.28, 0.72), mix(0.27, 0.06, nearness) + between(7, 0.0, 0.05)); }

// How far the wet street throws an image sideways; drops stir it.
float ripple(vec2 u) {
    float wave = noise(vec2(u.x * 9.0, u.y * 60.0) + draws[5] * 40.0 + vec2(0.0, 1.5 * seconds)) - 0.5;
    return wave * (0.02 + 0.10 * max(KERB - u.y, 0.0)) * (0.35 + 0.65 * presence);
}

vec2 mirrored(vec2 u) { return vec2(u.x - walker_feet().x + 1.5 * ripple(u), walker_feet().y - u.y) / walker_tall(); }

vec3 setting(vec2 u) {
    bool wet = u.y < KERB;
    float depth = max(KERB - u.y, 0.0);
    vec2 seen = wet ? vec2(u.x + ripple(u), KERB + depth * 0.95) : u;
    vec3 c = street_front(seen, wet ? 0.30 : 1.0);
    float sheen = noise(vec2(u.x * 5.0, u.y * 34.0) + draws[5] * 30.0);
    if (wet) c = mix(c, mist() * 1.05, smoothstep(0.45, 0.9, sheen) * 0.45 + 0.5 * depth) * (0.92 - 0.7 * depth);
    vec4 image = walker(mirrored(u));
    c = mix(c, image.rgb * 0.7, 0.55 * image.a * step(u.y, walker_feet().y));
    vec4 figure = walker((u - walker_feet()) / walker_tall());
    return mix(c, figure.rgb, figure.a);
}

float streaks(vec2 u, float columns, float slant, float heavy, float offset) {
    float x = (u.x + u.y * slant) * columns + offset * 50.0;
    float column = floor(x);
    float y = (u.y + 1.3 * seconds) * (1.2 + columns * 0.08) + hash(vec2(column, offset * 30.0)) * 20.0;
    float chosen = step(1.0 - heavy, hash(vec2(column, floor(y)) + offset * 20.0));
    return chosen * falling(0.02, 0.26, abs(fract(x) - 0.5)) * smoothstep(0.0, 0.75, fract(y)) * falling(0.80, 1.0, fract(y));
}

// Rings where drops strike the street, widening and fading.
float splashes(vec2 u, float amount) {
    float depth = max(KERB - u.y, 0.0);
    vec2 q = vec2((u.x - 0.5) * 4.0, 3.9) / (depth + 0.15);
    vec2 cell = floor(q);
    float age = 1.4 * seconds + hash(cell + 31.0);
    vec2 place = 0.3 + 0.4 * hash2(cell + 7.0 * floor(age));
    float ring = abs(length(fract(q) - place) - 0.30 * fract(age)) / 0.07;
    return falling(0.3, 1.0, ring) * (1.0 - fract(age)) * step(1.0 - amount, hash(cell + 3.0 * floor(age) + 5.0)) * step(u.y, KERB - 0.02);
}

void thing(inout vec4 c, vec2 u) {
    vec4 image = umbrella(mirrored(u));
    hide(c, image.rgb * 0.7, 0.55 * image.a * step(u.y, walker_feet().y));
    vec4 canopy = umbrella((u - walker_feet()) / walker_tall());
    hide(c, canopy.rgb, canopy.a);

    float slant = between(25, -0.30, 0.30);
    float heavy = mix(0.22, 0.85, nearness) * presence;
    float fall = streaks(u, 46.0, slant, heavy, draws[26]) * 0.6
        + streaks(u, 27.0, slant * 1.1, heavy * 0.8, draws[27]) * 0.8
        + streaks(u, 15.0, slant * 1.2, heavy * heavy * 0.6, draws[28]);
    float ring = layer == 0 ? splashes(u, 0.8 * heavy) * (1.0 - canopy.a) : 0.0;
    over(c, mist() * 1.15 + 0.10, clamp(fall * mix(0.30, 0.55, nearness) + 0.35 * ring, 0.0, 0.8));
    over(c, mist() * 0.9, 0.22 * nearness * come(0.0, 1.0));
}
