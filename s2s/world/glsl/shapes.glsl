// Signed distances to simple shapes, negative inside.

vec2 turned(vec2 p, float angle) {
    float c = cos(angle), s = sin(angle);
    return vec2(c * p.x + s * p.y, c * p.y - s * p.x);
}

float disc(vec2 p, float radius) { return length(p) - radius; }

float box(vec2 p, vec2 half_size) {
    vec2 d = abs(p) - half_size;
    return length(max(d, 0.0)) + min(max(d.x, d.y), 0.0);
}

// Not the exact distance, but right at the edge and smooth around it.
float ellipse(vec2 p, vec2 radii) {
    float k = length(p / radii);
    return k * (k - 1.0) / max(length(p / (radii * radii)), 1e-4);
}

// A stroke from a to b, its half width running from wa to wb.
float stroke(vec2 p, vec2 a, vec2 b, float wa, float wb) {
    vec2 ab = b - a;
    float t = clamp(dot(p - a, ab) / dot(ab, ab), 0.0, 1.0);
    return length(p - a - t * ab) - mix(wa, wb, t);
}

// An upright shape on y = 0 with straight sides, as wide as `foot` below and `head` above (half widths).
float taper(vec2 p, float foot, float head, float height) {
    float width = mix(foot, head, clamp(p.y / height, 0.0, 1.0));
    return max(abs(p.x) - width, max(-p.y, p.y - height));
}

// A pointed arch of half width w standing on y = 0, springing at y = shoulder.
float gothic(vec2 p, float w, float shoulder) {
    vec2 q = vec2(abs(p.x), p.y - shoulder);
    float curve = length(q + vec2(w, 0.0)) - 2.0 * w;
    return max(q.y > 0.0 ? curve : q.x - w, -p.y);
}
