#version 330 core
// The last step, the only one at the window's own resolution: fades to black and dithers to 8 bits.
// The viewport is where the picture lies in the window. u_light: 1 shows, 0 is black.

#include "common.glsl"
#include "noise.glsl"

uniform float u_light;

void main() {
    vec3 colour = texture(u_picture, v_uv).rgb * u_light;
    // Half a step of noise either way hides the bands of dark gradients; exact 8-bit values stay as they are.
    float dither = (speckle(gl_FragCoord.xy + u_chance * 64.0) - 0.5) * 0.98 / 255.0;
    o_colour = vec4(colour + dither * step(1e-4, u_light), 1.0);
}
