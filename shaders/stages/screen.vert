#version 330 core
// One triangle that covers the whole target; v_uv runs from 0,0 at the bottom left to 1,1 at the top right.
//
// A pass with a NAME.vert of its own beside its NAME.frag uses that instead: what is the same for all pixels, or
// changes evenly across them, is worked out three times there instead of a million times here.

#include "corners.glsl"

out vec2 v_uv;

void main() {
    v_uv = corner();
    gl_Position = on_screen(v_uv);
}
