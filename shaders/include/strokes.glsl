// The direction field of stages/strokes.frag.

// The unit vector across the stroke, from the vector of twice its angle.
vec2 across_stroke(vec2 doubled) {
    float size = length(doubled);
    vec2 across = vec2(doubled.x + size, doubled.y);
    // Straight up, the doubled vector points to the left and its half is lost.
    return dot(across, across) > 1e-8 * size * size ? normalize(across) : vec2(0.0, 1.0);
}
