#version 330 core
// Second step of mist, at a sixteenth of the resolution: that light, spread.

#include "common.glsl"

void main() {
    vec2 texel = 1.0 / u_resolution;
    vec3 light = vec3(0.0);
    for (int y = -1; y <= 1; y++) {
        for (int x = -1; x <= 1; x++) {
            light += texture(u_picture, v_uv + vec2(x, y) * texel * 0.75).rgb * float((2 - abs(x)) * (2 - abs(y)));
        }
    }
    o_colour = vec4(light / 16.0, 1.0);
}
