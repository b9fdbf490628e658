#version 330 core
// Makes a large picture of the generator's small one: smooth along strokes, crisp across them, with the traces of a
// brush. Drawn at a share of the passes' size: more would cost much and show little.
// u_sharpness (/render/sharpness): how crisp. u_strokes (/render/strokes): how much of the brush is to be seen.
// /render/zoom and /render/fit are in u_cover.

#include "common.glsl"
#include "framing.glsl"
#include "strokes.glsl"

uniform sampler2D u_directions;  // stages/strokes.frag
uniform sampler2D u_bristles;    // two greys of noise
uniform float u_sharpness;
uniform float u_strokes;

const float BRISTLES = 1.8;  // widths of u_bristles in a picture's height
const float WOBBLE = 0.009;
const float RELIEF = 0.30;

void main() {
    vec2 uv = framed(v_uv);
    vec3 stroke = texture(u_directions, uv).xyz;
    vec2 across = across_stroke(stroke.xy);
    vec2 along = vec2(-across.y, across.x);
    float sure = stroke.z;

    // Noise averaged along the stroke leaves the traces of a brush.
    vec2 place = v_uv * vec2(u_resolution.x / u_resolution.y, 1.0) * BRISTLES;
    vec2 hair = along / 75.0;
    float bristle = 0.38 * texture(u_bristles, place).r - 0.5;
    bristle += 0.31 * (texture(u_bristles, place + hair).r + texture(u_bristles, place - hair).r);

    // A hand does not draw with a ruler.
    vec2 wobble = texture(u_bristles, place * 0.11).rg - 0.5;
    uv += wobble * WOBBLE * u_strokes * u_cover;

    vec2 texel = 1.0 / vec2(textureSize(u_picture, 0));
    along *= 1.12 * texel;
    across *= 0.9 * texel;
    vec3 centre = texture(u_picture, uv).rgb;
    vec3 beside = texture(u_picture, uv + along).rgb + texture(u_picture, uv - along).rgb;
    vec3 colour = mix(centre, 0.4 * centre + 0.3 * beside, sure);
    vec3 one = texture(u_picture, uv + across).rgb;
    vec3 other = texture(u_picture, uv - across).rgb;
    vec3 sharp = colour + (colour - 0.5 * (one + other)) * (1.0 + 5.0 * u_sharpness) * sure;
    colour = clamp(sharp, min(colour, min(one, other)), max(colour, max(one, other)));

    // Neighbouring strokes differ in light and a little in warmth, as if mixed by hand.
    colour *= 1.0 + bristle * vec3(1.15, 1.0, 0.85) * RELIEF * u_strokes;
    o_colour = vec4(clamp(colour, 0.0, 1.0), 1.0);
}
