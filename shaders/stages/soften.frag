#version 330 core
// The picture at a quarter of its size: each texel the mean of sixteen.

#include "common.glsl"

void main() {
    vec2 texel = 1.0 / vec2(textureSize(u_picture, 0));
    vec3 sum = vec3(0.0);
    for (int i = 0; i < 4; i++) {
        sum += texture(u_picture, v_uv + (vec2(i & 1, i >> 1) * 2.0 - 1.0) * texel).rgb;
    }
    o_colour = vec4(0.25 * sum, 1.0);
}
