#version 330 core
// What is to be explained after the motion so far: how the grey changes with a texel to the right (x) and upwards (y),
// and from the picture before to the newest (z).

#include "common.glsl"
#include "motion.glsl"

void main() {
    vec2 texel = 1.0 / u_resolution;
    vec2 motion = motion_at(v_uv);
    vec2 east = met_at(v_uv + vec2(texel.x, 0.0), motion), west = met_at(v_uv - vec2(texel.x, 0.0), motion);
    vec2 north = met_at(v_uv + vec2(0.0, texel.y), motion), south = met_at(v_uv - vec2(0.0, texel.y), motion);
    vec2 slope = 0.25 * vec2(dot(east - west, vec2(1.0)), dot(north - south, vec2(1.0)));
    vec2 here = met_at(v_uv, motion);
    o_colour = vec4(slope, here.y - here.x, 1.0);
}
