#version 330 core
// Lets the last picture linger while it grows and turns, the same at any frame rate.
// u_feedback (/render/feedback): how much of it is left after 1/60 s. u_swirl (/render/swirl): turn and growth;
// bass pushes the growth a little.

#include "common.glsl"
#include "noise.glsl"

uniform sampler2D u_last;  // what this pass drew last time
uniform float u_feedback;
uniform float u_swirl;

void main() {
    float aspect = u_resolution.x / u_resolution.y;
    float turn = u_swirl * 0.5 * u_dt;
    float growth = exp(-(abs(u_swirl) * 0.35 + 0.08 * u_bass) * u_dt);
    mat2 turned = mat2(cos(turn), sin(turn), -sin(turn), cos(turn));
    vec2 place = (v_uv - 0.5) * vec2(aspect, 1.0);
    vec2 from = turned * place * growth / vec2(aspect, 1.0) + 0.5;
    float left = pow(u_feedback, u_dt * 60.0);
    o_colour = vec4(mix(texture(u_picture, v_uv).rgb, texture(u_last, from).rgb, left), 1.0);
}
