#version 330 core
// A glow around what is bright; level lifts it a little.
// u_bloom (/render/bloom): 0 none .. 1 dreamlike.

#include "common.glsl"

uniform sampler2D u_glow;  // stages/glow.frag
uniform sampler2D u_halo;  // stages/halo.frag
uniform float u_bloom;

void main() {
    vec3 colour = texture(u_picture, v_uv).rgb;
    vec3 light = 0.5 * texture(u_glow, v_uv).rgb + 0.8 * texture(u_halo, v_uv).rgb;
    light *= u_bloom * (1.0 + 0.5 * u_level);
    // Screen blending: light adds up without ever burning out.
    o_colour = vec4(1.0 - (1.0 - colour) * (1.0 - clamp(light, 0.0, 1.0)), 1.0);
}
