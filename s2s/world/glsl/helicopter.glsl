// Helicopter: the machine flies in and hangs side on in the sky, its rotor a blurred disc; near, it hangs over us.

vec3 paint_colour() {
    float pick = draws[0] * 5.0;
    return pick < 1.0 ? vec3(0.86, 0.14, 0.10) : pick < 2.0 ? vec3(0.98, 0.74, 0.10) : pick < 3.0 ? vec3(0.12, 0.24, 0.46)
        : pick < 4.0 ? vec3(0.94, 0.95, 0.96) : vec3(0.30, 0.36, 0.22);
}

// The helicopter around p = (0, 0), nose towards +x, its rotor reaching from -1 to 1.
vec4 hull(vec2 p, float scale) {
    float cabin = ellipse(p - vec2(0.20, -0.10), vec2(0.40, 0.27));
    float boom = stroke(p, vec2(0.05, -0.02), vec2(-0.92, 0.10), 0.135, 0.035);
    float fin = stroke(p, vec2(-0.90, 0.04), vec2(-1.02, 0.34), 0.050, 0.030);
    float mast = box(p - vec2(0.10, 0.24), vec2(0.035, 0.10));
    float engine = ellipse(p - vec2(0.05, 0.13), vec2(0.28, 0.10));
    float skid = min(stroke(p, vec2(-0.20, -0.50), vec2(0.52, -0.50), 0.028, 0.028), stroke(p, vec2(0.52, -0.50), vec2(0.62, -0.42), 0.028, 0.02));
    skid = min(skid, min(stroke(p, vec2(0.00, -0.30), vec2(-0.05, -0.50), 0.022, 0.022), stroke(p, vec2(0.34, -0.30), vec2(0.38, -0.50), 0.022, 0.022)));
    float shell = min(min(cabin, boom), min(fin, engine));
    float dark = min(skid, mast);

    vec3 c = paint_colour() * (0.25 + 0.75 * light.fill) * (0.62 + 0.55 * smoothstep(-0.35, 0.2, p.y));
    c = mix(c, mix(vec3(0.95), vec3(0.15), step(3.0, draws[0] * 5.0) * step(draws[0] * 5.0, 4.0)) * light.fill, falling(0.028, 0.042, abs(p.y + 0.12 - 0.12 * p.x)) * falling(0.24, 0.26, p.x));
    float glass = max(ellipse(p - vec2(0.26, -0.06), vec2(0.32, 0.19)), 0.16 - p.x);
    vec3 pane = mix(light.zenith, vec3(0.80, 0.92, 1.0), 0.55 * smoothstep(-0.2, 0.12, p.y)) * (0.4 + 0.6 * light.fill) + light.night * vec3(0.25, 0.20, 0.08);
    c = mix(c, pane, falling(-0.006, 0.006, glass) * (1.0 - 0.8 * falling(0.012, 0.024, abs(p.x - 0.33))));
    c = mix(c, vec3(0.07, 0.07, 0.09), step(dark, shell) * step(dark, 0.02));
    return vec4(c, inside(min(shell, dark) * scale));
}

void rotors(inout vec4 c, vec2 p, float scale) {
    float sweep = ellipse(p - vec2(0.10, 0.36), vec2(1.06, 0.055));
    float bands = 0.5 + 0.5 * sin(p.x * 9.0 + (draws[1] + 3.3 * seconds) * TAU);
    vec3 blur = mix(vec3(0.08, 0.09, 0.12), light.horizon, 0.30);
    over(c, blur, inside(sweep * scale) * (0.50 + 0.40 * bands));
    vec2 tail = p - vec2(-1.00, 0.22);
    float spin = 0.5 + 0.5 * cos(atan(tail.y, tail.x) * 2.0 + (draws[2] + 2.7 * seconds) * TAU);
    over(c, blur, inside(disc(tail, 0.17) * scale) * (0.25 + 0.6 * spin));
}

vec3 city_below(vec3 c, vec2 u, float horizon) {
    for (int i = 0; i < 2; i++) {
        float x = u.x * (9.0 - 3.0 * float(i)) + draws[3 + i] * 40.0;
        float tall = hash(vec2(floor(x), float(i)));
        float top = horizon + (0.20 - 0.06 * float(i)) * tall * tall;
        vec3 wall = hazed(vec3(0.26, 0.28, 0.36) * light.fill, 0.55 - 0.3 * float(i));
        vec2 pane = vec2(fract(x) * 4.0, u.y * 36.0);
        vec2 within = abs(fract(pane) - 0.5);
        float lit = step(0.60, hash(floor(pane) + floor(x) * 3.0)) * falling(0.24, 0.36, max(within.x, within.y));
        lit *= light.night + 0.4 * light.gold;
        c = mix(c, mix(wall, vec3(1.0, 0.80, 0.44), 0.75 * lit), inside(u.y - top));
    }
    return c;
}

vec3 land_below(vec3 c, vec2 u, float horizon) {
    float x = u.x * 3.0 + draws[5] * 40.0;
    float peak = horizon + 0.24 * zigzag(x, 2.0) + 0.05 * zigzag(x * 3.7, 6.0);
    vec3 rock = hazed(mix(vec3(0.34, 0.34, 0.42), vec3(0.92, 0.95, 1.0), smoothstep(0.02, 0.14, u.y - horizon + 0.16 * (noise(u * vec2(11.0, 16.0) + draws[5] * 40.0) - 0.5))) * light.fill, 0.35);
    c = mix(c, rock, inside(u.y - peak));
    vec3 wood = season_leaf(6) * light.fill * 0.7;
    return hills(c, u, horizon - 0.06, 0.14, 4.0, draws[7], hazed(wood, 0.2));
}

vec3 setting(vec2 u) {
    float horizon = between(8, 0.10, 0.22);
    vec3 c = sky(u, horizon);
    return chance(9, 0.5) ? city_below(c, u, horizon) : land_below(c, u, horizon);
}

void thing(inout vec4 c, vec2 u) {
    float scale = mix(0.20, layer == 1 ? 0.40 : 0.56, nearness);
    vec2 hover = mix(vec2(between(10, 0.30, 0.70), between(11, 0.56, 0.76)), vec2(0.5 + between(10, -0.06, 0.06), 0.56), nearness);
    if (layer == 1) hover = vec2(between(10, 0.22, 0.78), 0.95 - 0.45 * scale);  // out of the way of what is below
    hover += vec2(0.016 * swing(0.31, 0.0), 0.012 * swing(0.43, 0.0));
    // It flies in from behind its tail, nose down.
    float outside = 1.0 - arrive(0.0, 1.0);
    vec2 p = u - hover;
    p.x = p.x * side(12) + (0.72 + 1.1 * scale) * outside;
    p.y -= 0.10 * outside;
    vec2 q = turned(p, between(13, -0.28, 0.06) + 0.03 * swing(0.37, 0.0) - 0.22 * outside) / scale;
    vec2 beam = turned(p - scale * vec2(0.42, -0.22), between(14, -0.5, 0.2) + 0.10 * swing(0.21, 0.0));
    float cone = falling(0.5, 1.0, abs(beam.x) / max(-0.28 * beam.y + 0.01, 0.01)) * step(beam.y, 0.0) * exp(beam.y * 1.1);
    shine(c, vec3(1.0, 0.95, 0.75) * 0.60 * cone * (light.night + 0.5 * light.gold));
    vec4 machine = hull(q, scale);
    over(c, machine.rgb, machine.a);
    rotors(c, q, scale);
    float blink = 0.75 + 0.25 * swing(0.9, 0.25);
    shine(c, glow((q - vec2(-0.30, -0.12)) * scale, 0.05 * scale + 0.01, vec3(1.0, 0.15, 0.10)) * light.night * blink);
}
