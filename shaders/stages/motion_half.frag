#version 330 core
// A picture at half its size: the mean of four.

#include "common.glsl"

void main() {
    vec2 quarter = 0.25 / u_resolution;
    vec2 other = vec2(quarter.x, -quarter.y);
    vec4 sum = texture(u_picture, v_uv + quarter) + texture(u_picture, v_uv - quarter);
    o_colour = 0.25 * (sum + texture(u_picture, v_uv + other) + texture(u_picture, v_uv - other));
}
