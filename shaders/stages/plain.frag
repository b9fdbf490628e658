#version 330 core
// Up-scaling for a preset without the upscale pass: smooth, blurred and cheap.

#include "common.glsl"
#include "framing.glsl"

void main() {
    o_colour = vec4(texture(u_picture, framed(v_uv)).rgb, 1.0);
}
