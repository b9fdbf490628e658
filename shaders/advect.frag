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
    vec3 carried = texture(u_last, v_uv - stream.xy).rgb;
    o_colour = vec4(mix(picture(), carried, u_advect > 0.0 ? clamp(stream.z, 0.0, 1.0) : 0.0), 1.0);
}
