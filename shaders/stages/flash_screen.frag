#version 330 core
// The held light as a picture for the screen.

#include "common.glsl"
#include "light.glsl"

void main() {
    o_colour = vec4(colour_of(picture()), 1.0);
}
