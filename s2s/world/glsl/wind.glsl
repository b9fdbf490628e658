// Wind: streaming clouds, trees bent over, ripe grass flattened, leaves torn along; in a calm all stands upright.

vec2 downwind(vec2 u) { return vec2(draws[0] < 0.5 ? u.x : 1.0 - u.x, u.y); }

vec3 streaming_sky(vec2 u, float horizon) {
    vec3 c = clear_sky(u, horizon);
    vec2 w = downwind(u);
    float height = w.y - horizon;
    vec2 q = vec2(w.x * 1.3 - height * 0.9 - 0.06 * seconds, height * 9.0 - w.x * 1.6 + 0.5 * sin(w.x * 5.0 + draws[1] * TAU));
    float band = fbm3(q + vec2(draws[2], draws[3]) * 40.0);
    float curl = noise(q * vec2(1.5, 2.6) + 11.0);
    vec3 white = mix(vec3(0.98, 0.96, 0.90), light.horizon, 0.35) * (0.25 + 0.8 * light.fill);
    vec3 grey = mix(light.zenith, light.horizon, 0.35) * 0.85;
    c = mix(c, grey, smoothstep(0.35, 0.62, curl) * 0.7);
    return mix(c, white, smoothstep(0.42, 0.66, band));
}

vec3 field(vec2 u, float horizon) {
    vec2 w = downwind(u);
    float depth = max(horizon - w.y, 0.0);
    vec3 ripe = mix(vec3(0.90, 0.70, 0.26), vec3(0.66, 0.70, 0.34), draws[4]) * light.fill;
    float gust = fbm2(vec2(w.x * 2.0 - depth * 4.0, 9.0 * sqrt(depth)) + draws[5] * 40.0);
    float stalk = noise(vec2((w.x + depth * 1.2) * 12.0 / (0.25 + depth), 3.0 * depth) + draws[6] * 40.0);
    return mix(hazed(ripe, 0.35 * falling(0.0, 0.12, depth)) * (0.60 + 0.6 * gust), ripe * 1.25, 0.5 * smoothstep(0.5, 0.9, stalk));
}

float horizon_line() { return between(8, 0.24, 0.40); }

vec3 leaf_colour() { return mix(vec3(0.34, 0.48, 0.20), season_leaf(9), 0.6); }

// How far everything leans now; gusts come and go.
float leaning() { return 0.04 + (mix(0.35, 1.35, nearness) - 0.04) * come(0.0, 1.0) * (1.0 + 0.16 * swing(0.55, 0.0) + 0.07 * swing(1.7, 0.0)); }

// A tree on p = (0, 0), one unit tall, bent towards +x by lean.
vec4 bent_tree(vec2 p, float lean, vec3 leaf) {
    float bend = lean * p.y * p.y;
    float trunk = max(abs(p.x - 0.45 * bend) - mix(0.045, 0.018, clamp(p.y, 0.0, 1.0)), max(-p.y, p.y - 0.8));
    vec2 q = p - vec2(0.30 * lean + 0.1, 0.72);
    q = turned(q, -0.25 * lean);
    float torn = noise(vec2(q.x * 4.0, q.y * mix(5.0, 15.0, min(2.0 * lean, 1.0)) - q.x * 2.0) + draws[7] * 40.0);
    float mass = ellipse(q, vec2(0.30 + 0.08 * lean, 0.22));
    mass = min(mass, ellipse(q - vec2(0.24 * lean, -0.085), vec2(0.26 + 0.14 * lean, 0.12)));
    mass = min(mass, ellipse(q - vec2(0.30 * lean, 0.11), vec2(0.24 + 0.16 * lean, 0.09)));
    mass = min(mass, ellipse(q - vec2(-0.06, 0.12), vec2(0.22, 0.16)));
    mass += (0.10 + 0.10 * smoothstep(0.0, 0.4, q.x)) * (torn - 0.42);
    vec3 c = mix(vec3(0.17, 0.12, 0.09), leaf * (0.55 + 0.7 * torn + 0.8 * q.y), step(mass, 0.0)) * light.fill;
    return vec4(c, inside(min(trunk, mass)));
}

// Trees and grass count as much as the wind has hold of them.
void trees(inout vec4 c, vec2 u, int count, float counted) {
    vec2 w = downwind(u);
    float lean = leaning();
    for (int i = 0; i < count; i++) {
        vec2 foot = i == 0 ? vec2(between(12, 0.55, 0.85), horizon_line()) : vec2(between(13, 0.14, 0.42), horizon_line() - 0.10);
        float tall = i == 0 ? 0.26 : mix(0.48, 0.86, nearness);
        vec4 tree = bent_tree((w - foot) / tall, lean, i == 0 ? hazed(leaf_colour(), 0.4) : leaf_colour());
        over(c, tree.rgb, tree.a * counted);
    }
    float grass = blades(vec2(w.x, w.y + 0.02), 26.0, mix(0.16, 0.26, nearness), lean * 0.9, draws[14] * 20.0);
    vec3 straw = mix(vec3(0.48, 0.38, 0.12), vec3(0.30, 0.36, 0.12), draws[4]) * light.fill * (0.7 + 2.0 * u.y);
    over(c, straw, count > 0 ? grass * counted : 0.0);
}

vec3 setting(vec2 u) {
    float horizon = horizon_line();
    vec3 c = streaming_sky(u, horizon);
    c = hills(c, u, horizon - 0.02, 0.12, 2.5, draws[10], mix(light.horizon, light.zenith, 0.5) * 0.8);
    c = mix(c, field(u, horizon), inside(u.y - horizon - 0.03 * noise(vec2(u.x * 3.0, draws[11] * 40.0))));
    vec4 with_trees = vec4(c, 1.0);
    trees(with_trees, u, presence > 0.0 ? 0 : 2, 1.0);
    return with_trees.rgb;
}

float flying_leaves(vec2 w, float per_unit, float amount, float offset) {
    vec2 blown = vec2(w.x - 0.8 * seconds, w.y - 0.25 * w.x + 0.02 * swing(0.8, 3.0 * w.x));
    vec2 grid = blown * per_unit * vec2(0.7, 1.0) + offset * 40.0;
    vec2 cell = floor(grid);
    vec2 p = fract(grid) - 0.25 - 0.5 * hash2(cell);
    p = turned(p, hash(cell + 3.0) * 1.6 - 0.5 + 0.9 * swing(0.7, hash(cell + 5.0)) * min(seconds, 1.0));
    return falling(0.7, 1.0, length(p * vec2(4.5, 10.0))) * step(1.0 - amount, hash(cell + 9.0));
}

void thing(inout vec4 c, vec2 u) {
    vec2 w = downwind(u);
    float hold = come(0.0, 1.0);
    float depth = max(horizon_line() - u.y, 0.0);
    float wave = noise(vec2(w.x * 2.2 - depth * 3.0 - 1.4 * seconds, 5.0 * sqrt(depth)) + draws[5] * 40.0);
    if (layer == 0) hide(c, c.rgb * 1.35, 0.45 * hold * smoothstep(0.55, 0.85, wave) * smoothstep(0.0, 0.05, depth));
    trees(c, u, layer == 0 ? 2 : 0, measured == 1 ? hold : 1.0);

    float gust = noise(vec2(w.x * 1.6 - 2.2 * seconds, (w.y - 0.2 * w.x) * 30.0) + draws[3] * 40.0);
    vec3 dust = mix(light.horizon, vec3(0.95, 0.90, 0.78), 0.5) * (0.3 + 0.7 * light.fill);
    over(c, dust, 0.22 * hold * nearness * smoothstep(0.62, 0.95, gust));
    float amount = mix(0.10, 0.75, nearness) * hold;
    float torn = max(flying_leaves(w, 9.0, amount, draws[15]), flying_leaves(w, 5.0, amount * 0.7, draws[16]));
    over(c, mix(leaf_colour(), vec3(0.80, 0.45, 0.10), 0.6) * (0.15 + 0.85 * light.fill), torn);
}
