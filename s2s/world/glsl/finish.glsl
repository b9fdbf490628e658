// The painter's hand: edges drawn out along brush strokes, pigment that varies, a soft vignette.

vec2 brushed(vec2 u) {
    float angle = between(80, -0.9, 0.9);
    vec2 q = turned(u, angle) * vec2(16.0, 44.0) + vec2(draws[81], draws[82]) * 40.0;
    float n = noise(q);
    return u + 0.007 * (n - 0.5) * vec2(cos(angle), sin(angle)) + 0.003 * (noise(q.yx * 0.7) - 0.5);
}

// Pigment, vignette, colour and tint are linear in c: they serve a layer with its coverage premultiplied as well.
vec3 pigmented(vec3 c, vec2 u) {
    float angle = between(80, -0.9, 0.9);
    vec2 q = turned(u, angle) * vec2(22.0, 64.0) + vec2(draws[83], draws[84]) * 40.0;
    c *= 1.0 + 0.10 * (noise(q) - 0.5);
    vec2 from_middle = u - 0.5;
    c *= 1.04 - 0.45 * dot(from_middle, from_middle);
    float grey = dot(c, vec3(0.30, 0.59, 0.11));
    c = mix(vec3(grey), c, between(85, 1.02, 1.22));
    return max(c * mix(vec3(1.03, 1.0, 0.96), vec3(0.97, 1.0, 1.04), draws[86]), 0.0);
}

vec3 toned(vec3 c) { return min(c * (1.0 + 0.06 * c) / (1.0 + 0.16 * c * c), 1.0); }

void main() {
    light = light_at(hour);
    bool alone = layer == 1 || measured == 1;
    vec4 sum = vec4(0.0);
    for (int i = 0; i < taps * taps; i++) {
        vec2 within = (vec2(i % taps, i / taps) + 0.5) / float(taps) - 0.5;
        vec2 u = brushed(at + within * float(taps) * pixel);
        vec4 c = alone ? vec4(0.0) : vec4(setting(u), 1.0);
        if (presence > 0.0) thing(c, u);
        c.rgb = pigmented(c.rgb, at);
        sum += alone ? vec4(min(c.rgb, 1.0), c.a) : vec4(toned(c.rgb), 1.0);
    }
    colour = sum / float(taps * taps);
}
