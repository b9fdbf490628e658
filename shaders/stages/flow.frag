#version 330 core
// Where do the edges of the generated picture run? Its structure tensor, from Scharr's derivatives of the luma:
// xx, xy, yy of the gradient, not yet averaged. Drawn at the generator's own resolution, or less.

#include "common.glsl"

float at(float x, float y) {
    return luma(texture(u_picture, v_uv + vec2(x, y) / u_resolution).rgb);
}

void main() {
    float sw = at(-1.0, -1.0), s = at(0.0, -1.0), se = at(1.0, -1.0);
    float w = at(-1.0, 0.0), e = at(1.0, 0.0);
    float nw = at(-1.0, 1.0), n = at(0.0, 1.0), ne = at(1.0, 1.0);
    float dx = (3.0 * (ne - nw + se - sw) + 10.0 * (e - w)) / 32.0;
    float dy = (3.0 * (nw - sw + ne - se) + 10.0 * (n - s)) / 32.0;
    o_colour = vec4(dx * dx, dx * dy, dy * dy, 1.0);
}
