#version 330 core
// One output: for each place of the monitor the one of the pinned square, before the division by its third number.
// Places count from the top left, in shares of their sides. Both are even across the monitor.

#include "corners.glsl"

uniform mat3 u_to_square;      // from a place of the monitor to one of the pinned square
uniform mat3 u_to_picture;     // and from there to one of the picture

out vec2 v_uv;
out vec3 v_seen;
out vec3 v_source;

void main() {
    v_uv = corner();
    v_seen = u_to_square * vec3(v_uv.x, 1.0 - v_uv.y, 1.0);
    v_source = u_to_picture * v_seen;
    gl_Position = on_screen(v_uv);
}
