#version 330 core
// Where the last picture lies by now, and how much of it is left.

#include "corners.glsl"

uniform vec2 u_resolution;
uniform float u_dt;
uniform float u_bass;
uniform float u_feedback;
uniform float u_swirl;

out vec2 v_uv;
out vec2 v_from;
flat out float v_left;

void main() {
    v_uv = corner();
    float aspect = u_resolution.x / u_resolution.y;
    float turn = u_swirl * 0.5 * u_dt;
    float growth = exp(-(abs(u_swirl) * 0.35 + 0.08 * u_bass) * u_dt);
    mat2 turned = mat2(cos(turn), sin(turn), -sin(turn), cos(turn));
    vec2 place = (v_uv - 0.5) * vec2(aspect, 1.0);
    v_from = turned * place * growth / vec2(aspect, 1.0) + 0.5;
    v_left = pow(u_feedback, u_dt * 60.0);
    gl_Position = on_screen(v_uv);
}
