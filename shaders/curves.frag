#version 330 core
// Curves by hand: lift the dark, bend the middle, gain in the light, and part their colours. Black stays below white.
// u_lift (/render/lift): shadows, -1 sunk .. 1 raised. u_gamma (/render/gamma): middle, -1 darker .. 1 lighter.
// u_gain (/render/gain): lights, -1 dimmed .. 1 brighter without burning out.
// u_split (/render/split): -1 warm shadows, cool lights .. 1 cool shadows, warm lights; black, white and the light of
// each tone stay.

#include "common.glsl"

uniform float u_lift;
uniform float u_gamma;
uniform float u_gain;
uniform float u_split;

const vec3 WARM = vec3(0.80, 0.0, -1.30);

void main() {
    vec3 tone = clamp(picture(), 0.0, 1.0);
    tone *= (1.0 + 0.5 * min(u_gain, 0.0)) * (1.0 + u_gain * step(0.0, u_gain)) / (1.0 + max(u_gain, 0.0) * tone);
    tone += 0.8 * u_gamma * tone * (1.0 - tone);
    tone += 0.22 * u_lift * (1.0 - tone) * (1.0 - tone);
    float light = clamp(luma(tone), 0.0, 1.0);
    float middle = light * (1.0 - light);
    tone += u_split * WARM * middle * (light - 0.42);
    o_colour = vec4(clamp(tone, 0.0, 1.0), 1.0);
}
