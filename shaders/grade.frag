#version 330 core
// Colour: hue, saturation, contrast, brightness and vignette, in this order.
// u_hue in degrees; u_saturation, u_contrast, u_brightness: 1 leaves the picture as it is; u_vignette 0..1.
// An onset lifts the brightness by a few hundredths.

#include "common.glsl"

uniform float u_hue;
uniform float u_saturation;
uniform float u_contrast;
uniform float u_brightness;
uniform float u_vignette;

void main() {
    vec3 colour = texture(u_picture, v_uv).rgb;

    // Rodrigues' rotation about the grey axis.
    float angle = radians(u_hue);
    vec3 grey_axis = vec3(0.57735026919);
    colour = colour * cos(angle) + cross(grey_axis, colour) * sin(angle)
        + grey_axis * dot(grey_axis, colour) * (1.0 - cos(angle));

    colour = mix(vec3(luma(colour)), colour, u_saturation);
    colour = (colour - 0.5) * u_contrast + 0.5;
    colour *= u_brightness * (1.0 + 0.06 * u_onset);

    vec2 place = v_uv - 0.5;
    colour *= 1.0 - u_vignette * smoothstep(0.12, 0.6, dot(place, place));
    o_colour = vec4(clamp(colour, 0.0, 1.0), 1.0);
}
