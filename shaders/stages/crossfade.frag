#version 330 core
// Blends what was on display with the newest generated picture, at the generator's own resolution.
// u_weight: the newest picture's share 0..1. The newest picture comes with row 0 at the top, as the network paints it.

#include "common.glsl"

uniform sampler2D u_before;
uniform sampler2D u_newest;
uniform float u_weight;

void main() {
    vec3 newest = texture(u_newest, vec2(v_uv.x, 1.0 - v_uv.y)).rgb;
    o_colour = vec4(mix(texture(u_before, v_uv).rgb, newest, u_weight), 1.0);
}
