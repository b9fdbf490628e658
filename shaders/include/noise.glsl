// Noise without sines: the same on every driver, and a sine costs ten times as much on a CPU.

float hash(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

vec2 hash2(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * vec3(0.1031, 0.1030, 0.0973));
    q += dot(q, q.yzx + 33.33);
    return fract((q.xx + q.yz) * q.zy);
}

// Smooth noise 0..1 with one feature a unit.
float value_noise(vec2 p) {
    vec2 cell = floor(p);
    vec2 f = p - cell;
    f = f * f * (3.0 - 2.0 * f);
    float bottom = mix(hash(cell), hash(cell + vec2(1.0, 0.0)), f.x);
    float top = mix(hash(cell + vec2(0.0, 1.0)), hash(cell + vec2(1.0, 1.0)), f.x);
    return mix(bottom, top, f.y);
}

// Evenly spread specks 0..1 for dithering: Jimenez's interleaved gradient noise (SIGGRAPH 2014, Advances in
// Real-Time Rendering). Half the cost of a hash, and no clumps.
float speckle(vec2 p) {
    return fract(52.9829189 * fract(dot(p, vec2(0.06711056, 0.00583715))));
}
