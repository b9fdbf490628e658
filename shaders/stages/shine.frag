#version 330 core
// Third step of the bloom, at a quarter of the resolution: what is bright and the light around it, in one picture.

#include "common.glsl"

uniform sampler2D u_glow;  // stages/glow.frag
uniform sampler2D u_halo;  // stages/halo.frag

void main() {
    o_colour = vec4(0.5 * texture(u_glow, v_uv).rgb + 0.8 * texture(u_halo, v_uv).rgb, 1.0);
}
