#version 330 core
// Few colours, and evenly strewn specks for those between, as a print has them; no bands.
// u_dither (/render/dither): 0 none .. 1 nothing but the few. Last in `passes` it is the crispest. (Against the bands of
// 8 bits every picture is dithered on its way to the screen, without this pass.)

#include "common.glsl"

uniform sampler2D u_blue_noise;  // three noises without clumps, each value as often as any other
uniform float u_dither;

const float STEPS = 3.0;  // of each of red, green and blue

void main() {
    vec3 colour = clamp(picture(), 0.0, 1.0);
    ivec2 speck = ivec2(gl_FragCoord.xy) % textureSize(u_blue_noise, 0);
    vec3 few = floor(colour * STEPS + texelFetch(u_blue_noise, speck, 0).rgb * 0.998) / STEPS;
    o_colour = vec4(mix(colour, few, u_dither), 1.0);
}
