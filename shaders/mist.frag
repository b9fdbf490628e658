#version 330 core
// A mist filter before the lens: light spreads from what is bright, and none is added.
// u_mist (/render/mist): 0 none .. 1 half of all light. No threshold: whatever is bright beside what is dark glows.

#include "common.glsl"
#include "scene_light.glsl"

uniform sampler2D u_veil;  // stages/veil.frag: light, spread wide and wider
uniform float u_mist;

void main() {
    vec3 light = mix(scene_light(picture()), texture(u_veil, v_uv).rgb, 0.5 * u_mist);
    o_colour = vec4(screen_tone(light), 1.0);
}
