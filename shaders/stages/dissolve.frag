#version 330 core
// The whole window while one picture gives way to another. u_weight: the share of u_picture, 0..1, which lies at u_place
// (left, bottom, width, height, in parts of the window) with black around it; u_before covers all of the window.

#include "common.glsl"

uniform sampler2D u_before;
uniform vec4 u_place;
uniform float u_weight;

void main() {
    vec2 at = (v_uv - u_place.xy) / u_place.zw;
    vec2 inside = step(vec2(0.0), at) * step(at, vec2(1.0));
    vec3 coming = texture(u_picture, at).rgb * inside.x * inside.y;
    o_colour = vec4(mix(texture(u_before, v_uv).rgb, coming, u_weight), 1.0);
}
