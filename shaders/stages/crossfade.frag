#version 330 core
// Blends what was on display with the newest generated picture, at the generator's own resolution.
// u_weight: the newest picture's share 0..1. u_part: width and height of the part of u_before, about its middle, that
// has the newest one's shape; 1 unless another model paints now. The newest comes with row 0 at the top, as the network
// paints it.

#include "common.glsl"

uniform sampler2D u_before;
uniform sampler2D u_newest;
uniform float u_weight;
uniform vec2 u_part;

void main() {
    vec3 before = texture(u_before, (v_uv - 0.5) * u_part + 0.5).rgb;
    vec3 newest = texture(u_newest, vec2(v_uv.x, 1.0 - v_uv.y)).rgb;
    o_colour = vec4(mix(before, newest, u_weight), 1.0);
}
