#version 330 core
// Bends the picture like silk in the wind: bass wide and slowly, the middle in folds, treble in fine shivers.
// u_warp (/render/warp): 0 none .. 1 strong. Silence leaves a slow breath of it; u_slow (the bands, smoothed) says how
// far, u_way (how much of them there has been) how fast, so that nothing jumps.

#include "common.glsl"

uniform sampler2D u_bend;  // stages/bend.frag
uniform float u_warp;

void main() {
    vec2 from = v_uv + texture(u_bend, v_uv).xy * u_warp;
    // What lies beyond an edge is the picture, mirrored there.
    from = 1.0 - abs(1.0 - abs(from));
    o_colour = vec4(texture(u_picture, from).rgb, 1.0);
}
