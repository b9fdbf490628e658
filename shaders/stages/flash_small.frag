#version 330 core
// What stages/present.frag is about to show, small: the mean of two places, of four where more pixels fall to each of
// its own; faded as that is.

#include "common.glsl"

uniform float u_light;

void main() {
    vec2 quarter = 0.25 / u_resolution;
    vec3 mean = 0.5 * (texture(u_picture, v_uv + quarter).rgb + texture(u_picture, v_uv - quarter).rgb);
    if (float(textureSize(u_picture, 0).x) > 3.0 * u_resolution.x) {
        quarter.y = -quarter.y;
        mean = 0.5 * mean + 0.25 * (texture(u_picture, v_uv + quarter).rgb + texture(u_picture, v_uv - quarter).rgb);
    }
    o_colour = vec4(mean * u_light, 1.0);
}
