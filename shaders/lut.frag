#version 330 core
// Grades by the preset's .cube file: every colour becomes another, as a film or a colourist has it.
// u_lut (/render/lut): 0 none .. 1 all of it. The file is the preset's key `lut`; without one nothing is changed.
// Between the corners of the cube colours are found in one of six tetrahedra, which leaves greys grey.

#include "common.glsl"

uniform sampler2D u_lut_curve;  // what each channel becomes first, 0..1 from left to right
uniform sampler2D u_lut_cube;   // red to the right; green upwards within each square; a square for each blue
uniform sampler2D u_lut_curve_before;
uniform sampler2D u_lut_cube_before;
uniform float u_lut_share;      // of the newest file while it takes the place of the one before, 1 from then on
uniform float u_lut;

vec3 curved(sampler2D curve, vec3 colour) {
    float nodes = float(textureSize(curve, 0).x);
    vec3 at = (colour * (nodes - 1.0) + 0.5) / nodes;
    return clamp(vec3(texture(curve, vec2(at.r, 0.5)).r, texture(curve, vec2(at.g, 0.5)).g,
                      texture(curve, vec2(at.b, 0.5)).b), 0.0, 1.0);
}

vec3 node(sampler2D cube, ivec3 at, int nodes) {
    return texelFetch(cube, ivec2(at.r, at.g + at.b * nodes), 0).rgb;
}

vec3 graded(sampler2D curve, sampler2D cube, vec3 colour) {
    if (textureSize(curve, 0).x > 2) {
        colour = curved(curve, colour);
    }
    int nodes = textureSize(cube, 0).x;
    vec3 at = colour * float(nodes - 1);
    ivec3 low = min(ivec3(at), nodes - 2);
    vec3 part = at - vec3(low);
    // From the dark corner to the light one along the channel that is furthest first, the least last.
    bool rg = part.r >= part.g, gb = part.g >= part.b, rb = part.r >= part.b;
    ivec3 first = ivec3(rg && rb, !rg && gb, !rb && !gb);
    ivec3 second = ivec3(rg || rb, !rg || gb, !rb || !gb);
    float most = max(part.r, max(part.g, part.b));
    float least = min(part.r, min(part.g, part.b));
    float middle = part.r + part.g + part.b - most - least;
    return (1.0 - most) * node(cube, low, nodes) + (most - middle) * node(cube, low + first, nodes)
         + (middle - least) * node(cube, low + second, nodes) + least * node(cube, low + 1, nodes);
}

void main() {
    vec3 colour = picture();
    if (u_lut > 0.0) {
        vec3 tone = clamp(colour, 0.0, 1.0);
        vec3 other = graded(u_lut_curve, u_lut_cube, tone);
        if (u_lut_share < 1.0) {
            other = mix(graded(u_lut_curve_before, u_lut_cube_before, tone), other, u_lut_share);
        }
        colour = mix(colour, clamp(other, 0.0, 1.0), u_lut);
    }
    o_colour = vec4(colour, 1.0);
}
