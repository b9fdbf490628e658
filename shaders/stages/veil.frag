#version 330 core
// Last step of mist, at an eighth of the resolution: near, wide and widest light in one.

#include "common.glsl"

uniform sampler2D u_haze;   // stages/haze.frag
uniform sampler2D u_fog;    // stages/fog.frag
uniform sampler2D u_cloud;  // stages/cloud.frag

// A tent over what is coarser than this picture, or its texels would be seen.
vec3 soft(sampler2D light) {
    vec2 reach = 0.75 / vec2(textureSize(light, 0));
    vec2 other = vec2(reach.x, -reach.y);
    vec3 sum = texture(light, v_uv + reach).rgb + texture(light, v_uv - reach).rgb;
    return 0.25 * (sum + texture(light, v_uv + other).rgb + texture(light, v_uv - other).rgb);
}

void main() {
    o_colour = vec4(0.3 * soft(u_haze) + 0.4 * soft(u_fog) + 0.3 * soft(u_cloud), 1.0);
}
