#version 330 core
// The mean over the part of u_picture that falls to each pixel; drawn on few pixels first, then on one.
// Mipmaps would leave out the last row of every odd size.

#include "common.glsl"

void main() {
    ivec2 size = textureSize(u_picture, 0);
    ivec2 parts = ivec2(u_resolution), part = ivec2(gl_FragCoord.xy);
    ivec2 first = part * size / parts, end = (part + 1) * size / parts;
    vec4 sum = vec4(0.0);
    for (int y = first.y; y < end.y; y++) {
        for (int x = first.x; x < end.x; x++) {
            sum += texelFetch(u_picture, ivec2(x, y), 0);
        }
    }
    o_colour = sum / float((end.x - first.x) * (end.y - first.y));
}
