#version 330 core
// The motion to draw by: none at all where the pictures as wholes do not meet, as after a cut. There single places
// resemble each other by chance, and would run about.

#include "common.glsl"
#include "motion.glsl"

const vec2 APART = vec2(0.008, 0.016);  // of grey, all over: the same picture still, another one

void main() {
    float apart = texelFetch(u_picture, ivec2(0), 0).z;  // the mean of the whole u_motion
    o_colour = vec4(motion_at(v_uv) * (1.0 - smoothstep(APART.x, APART.y, apart)), 0.0, 1.0);
}
