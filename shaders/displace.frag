#version 330 core
// Lets the picture ripple as if seen through slow water; bass makes it breathe.
// u_displacement (/render/displacement): 0 none .. 1 strong. u_bass, u_onset: move it a little more.

#include "common.glsl"

uniform float u_displacement;

// A sine of whole turns, from two parabolas: a tenth of the cost on a CPU.
vec2 wave(vec2 turns) {
    vec2 x = fract(turns) - 0.5;
    return x * (8.0 - 16.0 * abs(x));
}

void main() {
    vec2 place = (v_uv - 0.5) * vec2(u_resolution.x / u_resolution.y, 1.0);
    float turn = u_time / 60.0;
    vec2 ripple = wave(place.yx * vec2(1.4, 1.8) + turn * vec2(14.0, 11.0));
    ripple += 0.6 * wave((place.x + place.y) * vec2(2.7, 2.2) - turn * vec2(19.0, 23.0));
    float amount = u_displacement * (0.010 + 0.012 * u_bass + 0.006 * u_onset);
    o_colour = vec4(texture(u_picture, v_uv + ripple * amount).rgb, 1.0);
}
