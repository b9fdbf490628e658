#version 330 core
// One output: its part of the picture, pinned to four corners of the monitor, and dark where its light says so.

#include "bars.glsl"
#include "noise.glsl"

in vec2 v_uv;
in vec3 v_source;
out vec4 o_colour;

uniform sampler2D u_picture;
uniform sampler2D u_light;     // what output_light.frag and output_mask.frag have drawn, as large as the output
uniform float u_share;         // of its light: less while it comes, goes or turns over

void main() {
    vec2 source = v_source.xy / v_source.z;
    float light = texture(u_light, v_uv).r;
    vec3 colour = texture(u_picture, vec2(source.x, 1.0 - source.y)).rgb * (light * on_picture(source) * u_share);
    // Half a step of noise hides the bands of a fade; what does not fade stays as it is, to the bit.
    float speck = (speckle(gl_FragCoord.xy) - 0.5) * 0.98 / 255.0;
    o_colour = vec4(colour + speck * step(0.001, light) * step(light, 0.999), 1.0);
}
