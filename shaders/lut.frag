#version 330 core
// Grades by the preset's .cube file: every colour becomes another, as a film or a colourist has it.
// u_lut (/render/lut): 0 none .. 1 all of it. The file is the preset's key `lut`; without one nothing is changed.

#include "common.glsl"
#include "cube.glsl"

uniform sampler2D u_lut_cube;  // as include/cube.glsl reads it
uniform float u_lut;

void main() {
    vec3 colour = picture();
    o_colour = vec4(mix(colour, through_cube(u_lut_cube, clamp(colour, 0.0, 1.0)), u_lut), 1.0);
}
