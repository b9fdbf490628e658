#version 330 core
// Two painters' pictures of one size, while one of them fades into the other. u_weight: the share of u_other, 0..1.

#include "common.glsl"

uniform sampler2D u_other;
uniform float u_weight;

void main() {
    o_colour = vec4(mix(picture(), texture(u_other, v_uv).rgb, u_weight), 1.0);
}
