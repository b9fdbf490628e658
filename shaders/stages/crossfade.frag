#version 330 core
// Blends what was on display with the newest generated picture, at the generator's own resolution.
// u_weight: the newest picture's share 0..1.

#include "common.glsl"
#include "two_pictures.glsl"

uniform float u_weight;

void main() {
    o_colour = vec4(mix(before_at(v_uv), newest_at(v_uv), u_weight), 1.0);
}
