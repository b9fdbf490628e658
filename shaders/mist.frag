#version 330 core
// A mist filter before the lens: light spreads from what is bright, and none is added.
// u_mist (/render/mist): 0 none .. 1 half of all light. No threshold: whatever is bright beside what is dark glows.

#include "common.glsl"

uniform sampler2D u_veil;  // stages/veil.frag: light, spread wide and wider
uniform float u_mist;

void main() {
    // Squares stand for light: nearer than the screen's numbers, and cheaper than their curve.
    vec3 tone = picture();
    vec3 light = mix(tone * tone, texture(u_veil, v_uv).rgb, 0.5 * u_mist);
    o_colour = vec4(sqrt(max(light, 0.0)), 1.0);
}
