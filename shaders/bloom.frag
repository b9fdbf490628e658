#version 330 core
// A glow around what is bright; level lifts it a little.
// u_bloom (/render/bloom): 0 none .. 1 dreamlike.

#include "common.glsl"

uniform sampler2D u_shine;  // stages/shine.frag
uniform float u_bloom;

void main() {
    vec3 light = texture(u_shine, v_uv).rgb * u_bloom * (1.0 + 0.5 * u_level);
    // Screen blending: light adds up without ever burning out.
    o_colour = vec4(1.0 - (1.0 - picture()) * (1.0 - clamp(light, 0.0, 1.0)), 1.0);
}
