#version 330 core
// Second step of the bloom, at an eighth of the resolution: spreads the glow wide.

#include "common.glsl"

void main() {
    vec2 texel = 1.0 / vec2(textureSize(u_picture, 0));
    vec3 sum = 0.2 * texture(u_picture, v_uv).rgb;
    for (int i = 0; i < 4; i++) {
        vec2 corner = vec2(i & 1, i >> 1) * 2.0 - 1.0;
        sum += 0.1 * texture(u_picture, v_uv + corner * texel * 2.5).rgb;
        vec2 side = vec2(corner.x + corner.y, corner.x - corner.y) * 0.5;
        sum += 0.1 * texture(u_picture, v_uv + side * texel * 5.5).rgb;
    }
    o_colour = vec4(sum, 1.0);
}
