// Value noise. The hashes lose their grain for large arguments: keep inputs below a few hundred.

float hash(vec2 p) {
    vec3 q = fract(p.xyx * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

vec2 hash2(vec2 p) { return vec2(hash(p), hash(p.yx + 19.7)); }

float noise(vec2 p) {
    vec2 cell = floor(p);
    vec2 f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    float low = mix(hash(cell), hash(cell + vec2(1.0, 0.0)), f.x);
    float high = mix(hash(cell + vec2(0.0, 1.0)), hash(cell + vec2(1.0, 1.0)), f.x);
    return mix(low, high, f.y);
}

// Straight lines between random heights: lightning, rock, ridges.
float zigzag(float x, float row) {
    float cell = floor(x);
    return mix(hash(vec2(cell, row)), hash(vec2(cell + 1.0, row)), x - cell);
}

const mat2 OCTAVE = mat2(1.6, 1.2, -1.2, 1.6);

float fbm2(vec2 p) { return (noise(p) + 0.5 * noise(OCTAVE * p + 3.7)) / 1.5; }

float fbm3(vec2 p) {
    vec2 q = OCTAVE * p + 3.7;
    return (noise(p) + 0.5 * noise(q) + 0.25 * noise(OCTAVE * q + 9.2)) / 1.75;
}

float fbm4(vec2 p) {
    vec2 q = OCTAVE * p + 3.7;
    vec2 r = OCTAVE * q + 9.2;
    return (noise(p) + 0.5 * noise(q) + 0.25 * noise(r) + 0.125 * noise(OCTAVE * r + 5.1)) / 1.875;
}
