#version 330 core
// Lets the last picture linger while it grows and turns, the same at any frame rate.
// u_feedback (/render/feedback): how much of it is left after 1/60 s. u_swirl (/render/swirl): turn and growth;
// bass pushes the growth a little.

#include "common.glsl"

uniform sampler2D u_last;  // what this pass drew last time
in vec2 v_from;
flat in float v_left;

void main() {
    o_colour = vec4(mix(picture(), texture(u_last, v_from).rgb, v_left), 1.0);
}
