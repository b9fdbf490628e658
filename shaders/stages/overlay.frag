#version 330 core
// Lines of text over the picture; the texture comes with row 0 at the top.

#include "common.glsl"

void main() {
    o_colour = texture(u_picture, vec2(v_uv.x, 1.0 - v_uv.y));
}
