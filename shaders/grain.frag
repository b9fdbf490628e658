#version 330 core
// Film grain: strongest in the middle tones, none in black and white; treble roughens it a little.
// u_grain (/render/grain): 0 none .. 1 coarse.

#include "common.glsl"
#include "noise.glsl"

uniform float u_grain;

void main() {
    vec3 colour = picture();
    float tone = luma(colour);
    vec2 place = gl_FragCoord.xy + floor(u_chance * 1024.0);
    vec2 dice = hash2(place);
    float speck = dice.x + dice.y - 1.0;
    colour += speck * u_grain * (0.16 + 0.10 * u_treble) * tone * (1.25 - tone);
    o_colour = vec4(clamp(colour, 0.0, 1.0), 1.0);
}
