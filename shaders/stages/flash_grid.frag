#version 330 core
// The mean light of each cell of a coarse grid over stages/flash_small.frag.

#include "common.glsl"
#include "light.glsl"

void main() {
    ivec2 part = textureSize(u_picture, 0) / ivec2(u_resolution);
    ivec2 first = ivec2(gl_FragCoord.xy) * part;
    vec3 sum = vec3(0.0);
    for (int y = 0; y < part.y; y++) {
        for (int x = 0; x < part.x; x++) {
            sum += light_of(texelFetch(u_picture, first + ivec2(x, y), 0).rgb);
        }
    }
    o_colour = vec4(sum / float(part.x * part.y), 1.0);
}
