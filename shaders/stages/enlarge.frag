#version 330 core
// A picture that is in the screen's 8 bits already, dithered as it was drawn, at the window's own size. What lies between
// two such pixels needs no noise of its own: that is a third of what stages/present.frag costs on a CPU.

#include "common.glsl"

void main() {
    o_colour = vec4(picture(), 1.0);
}
