#version 330 core
// On the way from one cube of colours to another: that cube, node by node, with as many nodes as the newest has.

#include "common.glsl"
#include "cube.glsl"

uniform sampler2D u_cube;
uniform sampler2D u_cube_before;
uniform float u_weight;  // of the newest

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    int nodes = textureSize(u_cube, 0).x;
    vec3 colour = vec3(at.x, at.y % nodes, at.y / nodes) / float(nodes - 1);
    o_colour = vec4(mix(through_cube(u_cube_before, colour), texelFetch(u_cube, at, 0).rgb, u_weight), 1.0);
}
