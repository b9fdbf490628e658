// Train: a locomotive coming up the line under its plume; near, its black front fills the picture. Else the line is empty.

vec3 livery() {
    float pick = draws[0] * 4.0;
    return pick < 1.0 ? vec3(0.66, 0.12, 0.08) : pick < 2.0 ? vec3(0.08, 0.34, 0.22) : pick < 3.0 ? vec3(0.10, 0.24, 0.48) : vec3(0.78, 0.60, 0.24);
}

// The plain with its rails running to the vanishing point.
vec3 plain(vec2 u, vec2 vanish, float rail_x, float rail_y, float gauge) {
    float depth = max(vanish.y - u.y, 0.0);
    float k = depth / (vanish.y - rail_y);
    vec3 grass = mix(mix(vec3(0.42, 0.50, 0.20), vec3(0.78, 0.62, 0.26), draws[1]), vec3(0.86, 0.90, 0.96), step(0.85, draws[2])) * light.fill;
    float tuft = fbm3(vec2((u.x - vanish.x) / (depth + 0.08), 0.9 / (depth + 0.08)) * 2.0 + draws[3] * 40.0);
    float stalks = noise(vec2((u.x - vanish.x) * 9.0, 4.0) / (depth + 0.12) * vec2(2.0, 3.0) + draws[3] * 40.0);
    vec3 c = hazed(grass * (0.45 + 0.7 * tuft + 0.2 * stalks), 0.4 * falling(0.0, 0.15, depth));
    float x = (u.x - vanish.x) / max(k, 0.01) - (rail_x - vanish.x);
    vec3 gravel = vec3(0.46, 0.40, 0.36) * light.fill * (0.75 + 0.4 * tuft);
    c = mix(c, gravel, falling(1.55 * gauge, 1.75 * gauge, abs(x)));
    float ties = falling(0.22, 0.28, abs(fract(2.2 / max(k, 0.02)) - 0.75)) * inside((abs(x) - 1.3 * gauge) * k) * smoothstep(0.15, 0.5, k);
    c = mix(c, vec3(0.20, 0.14, 0.11) * light.fill, 0.8 * ties);
    float rails = inside((abs(abs(x) - gauge) - 0.10 * gauge) * k);
    return mix(c, vec3(0.80, 0.80, 0.86) * (0.3 + 0.7 * light.fill), rails);
}

// The flank of the train: a wall from the front back to the vanishing point.
void carriages(inout vec4 c, vec2 u, vec2 vanish, vec2 front, float half_size) {
    float flank = front.x + (vanish.x > front.x ? half_size : -half_size);
    float k = (u.x - vanish.x) / (flank - vanish.x);
    float y = (vanish.y + (u.y - vanish.y) / max(k, 0.02) - front.y) / half_size;
    float z = 1.0 / max(k, 0.02);
    float covers = step(0.10, k) * step(k, 1.04) * inside((abs(y - 0.15) - 1.05) * half_size * k);
    bool engine = z < 1.7;
    vec3 wall = (engine ? vec3(0.09, 0.09, 0.11) + 0.15 * livery() : livery()) * (0.3 + 0.7 * light.fill);
    wall *= 0.75 + 0.35 * smoothstep(-0.9, 1.1, y);
    wall *= engine ? 0.8 + 0.6 * exp(-pow((y - 0.5) * 3.0, 2.0)) : 1.0;
    float coach = fract((z - 1.7) / 1.3);
    wall *= coach < 0.05 ? 0.35 : 1.0;
    float window = falling(0.24, 0.32, abs(y - 0.425)) * falling(0.32, 0.43, abs(fract((z - 1.7) * 4.0) - 0.625)) * (engine ? 0.0 : 1.0);
    vec3 pane = mix(vec3(0.35, 0.45, 0.52), vec3(1.0, 0.80, 0.42), light.night + 0.6 * light.gold);
    wall = mix(wall, pane, window);
    wall = mix(wall, vec3(0.05), step(y, -0.62));
    over(c, hazed(wall, 0.30 * falling(0.1, 0.6, k)), covers);
}

void locomotive(inout vec4 c, vec2 p, float scale) {
    vec3 black = vec3(0.10, 0.10, 0.12) * (0.35 + 0.8 * light.fill);
    vec3 bright = livery() * (0.35 + 0.7 * light.fill);
    float frame = box(p - vec2(0.0, -0.70), vec2(1.0, 0.16));
    float cab = box(p - vec2(0.0, 0.55), vec2(0.98, 0.62));
    over(c, black * 0.9, inside(max(cab, -p.y - 0.9) * scale));
    over(c, black * 0.6, inside(box(p - vec2(0.0, -0.3), vec2(0.95, 0.85)) * scale));
    float boiler = disc(p - vec2(0.0, 0.22), 0.80);
    float rim = smoothstep(0.62, 0.80, length(p - vec2(0.0, 0.22)));
    vec3 iron = black * (1.1 + 1.1 * smoothstep(-0.2, 0.9, p.y + 0.4 * p.x)) * (1.0 - 0.35 * rim);
    over(c, iron, inside(boiler * scale));
    float ring = abs(length(p - vec2(0.0, 0.22)) - 0.60) - 0.035;
    over(c, mix(bright, vec3(0.85, 0.66, 0.30), 0.5), inside(ring * scale));
    over(c, black * 1.3, inside(taper(p - vec2(0.0, 0.92), 0.20, 0.28, 0.52) * scale));
    over(c, bright * 1.15, inside(frame * scale));
    vec2 q = vec2(abs(p.x) - 0.66, p.y + 0.70);
    over(c, vec3(0.75) * light.fill, inside(disc(q, 0.13) * scale));
    float plough = taper(vec2(p.x, -p.y - 0.82), 0.92, 0.55, 0.34);
    over(c, mix(black, bright, 0.3) * (0.7 + 0.5 * step(0.5, fract(p.x * 4.0))), inside(plough * scale));
    over(c, vec3(1.0, 0.96, 0.80), inside(disc(p - vec2(0.0, 0.40), 0.20) * scale));
    over(c, vec3(1.0, 0.96, 0.80), inside(disc(q - vec2(0.0, 0.30), 0.10) * scale));
}

void plume(inout vec4 c, vec2 u, vec2 chimney, float scale, float drift) {
    float rise = max(u.y - chimney.y, 0.0);
    float path = chimney.x + drift * (1.0 - exp(-rise * 3.0)) * 1.2;
    float width = 0.26 * scale + rise * (0.45 + 0.9 * scale);
    vec2 q = ((u - chimney) * 3.2 - vec2(0.0, 0.9 * seconds)) / (0.35 + scale) + vec2(draws[4], draws[5]) * 40.0;
    float puff = fbm4(q + 0.6 * noise(q));
    float mask = falling(0.35, 1.0, abs(u.x - path) / width + 0.9 * (puff - 0.5)) * smoothstep(-0.02, 0.04, u.y - chimney.y);
    vec3 steam = mix(mix(vec3(0.97), light.horizon, 0.3), vec3(0.30, 0.28, 0.32), 0.6 * draws[6] * draws[6]) * (0.30 + 0.72 * light.fill);
    over(c, steam * (0.55 + 0.75 * puff), 0.95 * mask);
}

// The line runs on the left or on the right; all else is drawn as on the left.
vec2 turned_over(vec2 u) { return vec2(side(9) < 0.0 ? u.x : 1.0 - u.x, u.y); }

vec2 vanishing_point() { return vec2(between(7, 0.12, 0.30), between(8, 0.46, 0.56)); }

float front_scale() { return mix(0.075, 0.30, nearness); }

// Where the front stands when it is there.
vec2 front_place() { return vec2(mix(0.52, 0.64, nearness) + between(10, -0.04, 0.06), mix(0.40, 0.42, nearness)); }

vec3 setting(vec2 u) {
    vec2 w = turned_over(u);
    vec2 vanish = vanishing_point();
    vec3 c = sky(u, vanish.y);
    c = hills(c, u, vanish.y - 0.02, 0.20, 2.2, draws[11], hazed(vec3(0.26, 0.36, 0.28) * light.fill, 0.5));
    vec3 ground = plain(w, vanish, front_place().x, front_place().y - 1.05 * front_scale(), 0.62 * front_scale());
    return mix(c, ground, inside(w.y - vanish.y));
}

void thing(inout vec4 c, vec2 u) {
    vec2 w = turned_over(u);
    vec2 vanish = vanishing_point();
    // It comes down the rails from the vanishing point, rocking a little.
    float near = mix(0.04, 1.0, come(0.0, 1.0));
    float scale = near * front_scale();
    vec2 front = mix(vanish, front_place(), near) + scale * vec2(0.012 * swing(1.3, 0.0), 0.008 * swing(2.9, 0.0));
    plume(c, w, front + vec2(0.0, 1.40 * scale), scale, between(12, -0.45, -0.05));
    carriages(c, w, vanish, front, scale);
    locomotive(c, (w - front) / scale, scale);
    float lamp = (0.35 + 0.65 * (light.night + 0.5 * light.gold)) * near;
    shine(c, glow(w - front - vec2(0.0, 0.40 * scale), 0.55 * scale, vec3(1.0, 0.86, 0.52)) * lamp);
}
