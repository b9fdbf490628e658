#version 330 core
// Lets the picture flow instead of cut: the last one is carried along by a current while the next one seeps in.
// u_advect (/render/advect): how long the last one stays, 0 not at all .. 1 for 2.5 s on average; half as long in some
// places, half as long again in others, which wander. The same at any frame rate.
// u_current (/render/current): how strongly it flows, 0 not at all .. 1; bass drives the wide whirls, treble the fine.
// With /render/between at flow it is also carried along as things move from one generated picture to the next.

#include "common.glsl"

uniform sampler2D u_last;    // what this pass drew last time
uniform sampler2D u_stream;  // stages/stream.frag
uniform float u_advect;

void main() {
    vec3 stream = texture(u_stream, v_uv).xyz;
    vec3 coming = picture();
    vec3 carried = texture(u_last, v_uv - stream.xy).rgb;
    // What is nearly there arrives at once: a picture that stays is crisp, only what changes flows. Less so at 1.
    float apart = luma(abs(coming - carried));
    float stays = mix(min(0.03 + 4.0 * apart, 1.0), 1.0, u_advect * u_advect);
    float x = stream.z / stays;
    float left = 1.0 / (1.0 + x * (1.0 + x * (0.5 + x * 0.16667)));  // exp(-x), for a tenth of its cost
    o_colour = vec4(mix(coming, carried, u_advect > 0.0 ? left : 0.0), 1.0);
}
