#version 330 core
// Third step of mist, at an eighth of the resolution: near, wide and widest light in one.

#include "common.glsl"

uniform sampler2D u_haze;  // stages/haze.frag
uniform sampler2D u_fog;   // stages/fog.frag

vec3 ring(sampler2D light, vec2 reach) {
    vec3 sum = texture(light, v_uv + reach).rgb + texture(light, v_uv - reach).rgb;
    reach.x = -reach.x;
    return 0.25 * (sum + texture(light, v_uv + reach).rgb + texture(light, v_uv - reach).rgb);
}

void main() {
    vec2 texel = 1.0 / vec2(textureSize(u_fog, 0));
    vec3 near = ring(u_haze, 0.9 / vec2(textureSize(u_haze, 0)));
    vec3 wide = 0.5 * (ring(u_fog, texel * 0.9) + ring(u_fog, texel * vec2(1.9, 0.7)));
    vec3 widest = 0.5 * (ring(u_fog, texel * vec2(1.3, 3.7)) + ring(u_fog, texel * vec2(4.1, 2.1)));
    o_colour = vec4(0.4 * near + 0.35 * wide + 0.25 * widest, 1.0);
}
