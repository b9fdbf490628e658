#version 330 core
// The last step, the only one at the window's own resolution: places the picture, fades to black, dithers to 8 bits.
// u_place: left, bottom, width and height of the picture in the window, 0..1. u_light: 1 shows, 0 is black.

#include "common.glsl"
#include "noise.glsl"

uniform vec4 u_place;
uniform float u_light;

void main() {
    vec2 uv = (v_uv - u_place.xy) / u_place.zw;
    bool inside = uv == clamp(uv, 0.0, 1.0);
    vec3 colour = inside ? texture(u_picture, uv).rgb * u_light : vec3(0.0);
    // Half a step of noise either way hides the bands of dark gradients, and leaves exact 8-bit values as they are.
    float dither = (hash(gl_FragCoord.xy + floor(u_chance * 512.0)) - 0.5) * 0.98 / 255.0;
    o_colour = vec4(colour + (colour == vec3(0.0) ? 0.0 : dither), 1.0);
}
