// Land forms that many scenes share: ridges of hills, trees, grass.

// Paint a ridge of hills over c: below a wandering line between base and base + height.
vec3 hills(vec3 c, vec2 u, float base, float height, float steepness, float offset, vec3 hill) {
    float x = u.x * steepness + offset * 50.0;
    float line = base + height * fbm2(vec2(x, offset * 30.0));
    return mix(c, hill, inside(u.y - line));
}

// A round tree crown's distance, its edge broken up into leaves.
float crown(vec2 p, float radius, float offset) {
    float leaves = fbm2(p / radius * 2.4 + offset * 40.0);
    return length(p) - radius * (0.72 + 0.55 * leaves);
}

// One row of upright blades; returns their coverage. `reach` is the tallest blade, lean its slant at the tip.
float blades(vec2 p, float per_unit, float reach, float lean, float row) {
    float bend = lean * p.y * p.y / max(reach, 0.01);
    float x = (p.x - bend) * per_unit + row * 17.0;
    float cell = floor(x);
    float chosen = hash(vec2(cell, row * 9.0));
    float tall = reach * (0.45 + 0.55 * chosen);
    float width = 0.46 * (1.0 - p.y / tall);
    float across = abs(fract(x) - 0.5) - width;
    return p.y < tall ? inside(across / per_unit) : 0.0;
}

vec3 season_leaf(int i) {
    float t = draws[i] * 3.0;
    vec3 spring = vec3(0.42, 0.62, 0.18), summer = vec3(0.16, 0.42, 0.14), autumn = vec3(0.82, 0.42, 0.08);
    return t < 2.0 ? mix(spring, summer, 0.5 * t) : mix(autumn, vec3(0.66, 0.20, 0.08), t - 2.0);
}

// One row of firs standing on y = 0; returns their coverage. `reach` is the tallest tree.
float firs(vec2 p, float per_unit, float reach, float row) {
    float x = p.x * per_unit + row * 17.0;
    float chosen = hash(vec2(floor(x), row * 9.0));
    float tall = reach * (0.5 + 0.5 * chosen);
    float t = clamp(p.y / tall, 0.0, 1.0);
    float tiers = fract(t * (5.0 + 4.0 * chosen) + chosen);
    float width = 0.50 * (1.0 - t) * (1.0 - 0.45 * tiers) + 0.02;
    return p.y < tall ? inside((abs(fract(x) - 0.5) - width) / per_unit) : 0.0;
}
