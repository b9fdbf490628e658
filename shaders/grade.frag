#version 330 core
// Colour: hue, saturation, contrast, brightness and vignette, in this order.
// u_hue in degrees; u_saturation, u_contrast, u_brightness: 1 leaves the picture as it is; u_vignette 0..1.
// An onset lifts the brightness by a few hundredths.

#include "common.glsl"

uniform float u_vignette;
flat in mat3 v_mix;
flat in float v_offset;

void main() {
    vec3 colour = v_mix * picture() + v_offset;
    vec2 place = v_uv - 0.5;
    float corner = clamp(dot(place, place) * 2.4 - 0.25, 0.0, 1.0);
    o_colour = vec4(clamp(colour * (1.0 - u_vignette * corner), 0.0, 1.0), 1.0);
}
