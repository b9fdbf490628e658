#version 330 core
// First step of the bloom, at a quarter of the resolution: keeps what is bright.

#include "common.glsl"

void main() {
    vec2 texel = 1.0 / vec2(textureSize(u_picture, 0));
    vec3 sum = vec3(0.0);
    for (int i = 0; i < 4; i++) {
        sum += texture(u_picture, v_uv + (vec2(i & 1, i >> 1) * 2.0 - 1.0) * texel).rgb;
    }
    vec3 colour = 0.25 * sum;
    float peak = max(colour.r, max(colour.g, colour.b));
    o_colour = vec4(colour * smoothstep(0.35, 0.95, peak), 1.0);
}
