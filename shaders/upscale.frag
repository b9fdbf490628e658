#version 330 core
// Makes a large picture of the generator's small one; u_picture has been through stages/paint.frag, which does most of
// the work.
// u_strokes (/render/strokes): how much of the brush is to be seen. /render/zoom and /render/fit are in u_cover;
// /render/sharpness is at work in stages/paint.frag.

#include "common.glsl"
#include "framing.glsl"
#include "strokes.glsl"

uniform sampler2D u_directions;  // stages/strokes.frag
uniform sampler2D u_bristles;    // two greys of noise
uniform float u_strokes;

const float BRISTLES = 1.8;  // widths of u_bristles in a picture's height
const float WOBBLE = 0.009;
const float RELIEF = 0.36;

void main() {
    vec2 uv = framed(v_uv);
    vec2 across = across_stroke(texture(u_directions, uv).xy);
    vec2 along = vec2(-across.y, across.x);

    // Noise averaged along the stroke leaves the traces of a brush.
    vec2 place = v_uv * vec2(u_resolution.x / u_resolution.y, 1.0) * BRISTLES;
    vec2 hair = along / 170.0;
    float bristle = 0.28 * (texture(u_bristles, place + hair).r + texture(u_bristles, place - hair).r);
    bristle += 0.22 * (texture(u_bristles, place + 3.0 * hair).r + texture(u_bristles, place - 3.0 * hair).r) - 0.5;

    // A hand does not draw with a ruler.
    vec2 wobble = texture(u_bristles, place * 0.11).rg - 0.5;
    vec3 colour = texture(u_picture, uv + wobble * WOBBLE * u_strokes * u_cover).rgb;
    // Neighbouring strokes differ in light and a little in warmth, as if mixed by hand.
    colour *= 1.0 + bristle * vec3(1.15, 1.0, 0.85) * RELIEF * u_strokes;
    o_colour = vec4(clamp(colour, 0.0, 1.0), 1.0);
}
