#version 330 core
// What was on display (red) and the newest generated picture (green) as small grey pictures.

#include "common.glsl"
#include "two_pictures.glsl"

vec2 greys(vec2 uv) {
    return vec2(luma(before_at(uv)), luma(newest_at(uv)));
}

void main() {
    vec2 quarter = 0.25 / u_resolution;
    vec2 other = vec2(quarter.x, -quarter.y);
    vec2 sum = greys(v_uv + quarter) + greys(v_uv - quarter) + greys(v_uv + other) + greys(v_uv - other);
    o_colour = vec4(0.25 * sum, 0.0, 1.0);
}
