#version 330 core
// Hue, saturation, contrast and brightness in one matrix and one offset.

#include "corners.glsl"

uniform float u_onset;
uniform float u_hue;
uniform float u_saturation;
uniform float u_contrast;
uniform float u_brightness;

out vec2 v_uv;
flat out mat3 v_mix;
flat out float v_offset;

void main() {
    v_uv = corner();
    gl_Position = on_screen(v_uv);

    // Rodrigues' rotation about the grey axis.
    float angle = radians(u_hue);
    float s = sin(angle) * 0.57735026919;
    float c = cos(angle);
    float third = (1.0 - c) / 3.0;
    mat3 hue = mat3(c + third, third + s, third - s, third - s, c + third, third + s, third + s, third - s, c + third);

    vec3 luma = vec3(0.299, 0.587, 0.114) * (1.0 - u_saturation);
    mat3 saturation = mat3(luma.rrr, luma.ggg, luma.bbb) + mat3(u_saturation);

    float light = u_brightness * (1.0 + 0.06 * u_onset);
    v_mix = saturation * hue * (u_contrast * light);
    v_offset = (0.5 - 0.5 * u_contrast) * light;
}
