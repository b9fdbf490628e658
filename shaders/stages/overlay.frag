#version 330 core
// Lines of text over the picture; the texture comes with row 0 at the top. u_opacity: 0 nothing, 1 as it is.

#include "common.glsl"

uniform float u_opacity;

void main() {
    o_colour = texture(u_picture, vec2(v_uv.x, 1.0 - v_uv.y)) * vec4(1.0, 1.0, 1.0, u_opacity);
}
