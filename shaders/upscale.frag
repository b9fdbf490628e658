#version 330 core
// Makes a large picture of the generator's small one.
// u_strokes (/render/strokes): how much of the brush is to be seen. /render/zoom and /render/fit are in u_cover;
// /render/sharpness is at work in stages/paint.frag.

#include "common.glsl"
#include "framing.glsl"
#include "strokes.glsl"

uniform sampler2D u_directions;  // stages/strokes.frag
uniform sampler2D u_bristles;    // two greys of noise
uniform float u_strokes;

const float BRISTLES = 1.8;  // widths of u_bristles in a picture's height
const float WOBBLE = 0.012;
const float RELIEF = 0.36;

// Catmull-Rom over 4x4 texels in five bilinear taps.
vec3 bicubic(sampler2D picture, vec2 uv) {
    vec2 size = vec2(textureSize(picture, 0));
    vec2 position = uv * size;
    vec2 centre = floor(position - 0.5) + 0.5;
    vec2 f = position - centre;
    vec2 w0 = f * (-0.5 + f * (1.0 - 0.5 * f));
    vec2 w1 = 1.0 + f * f * (-2.5 + 1.5 * f);
    vec2 w2 = f * (0.5 + f * (2.0 - 1.5 * f));
    vec2 w3 = f * f * (-0.5 + 0.5 * f);
    vec2 w12 = w1 + w2;
    vec2 at0 = (centre - 1.0) / size;
    vec2 at12 = (centre + w2 / w12) / size;
    vec2 at3 = (centre + 2.0) / size;
    // The four corners weigh next to nothing; the five others are scaled up for them.
    float left = w0.x * w12.y, right = w3.x * w12.y, below = w12.x * w0.y, above = w12.x * w3.y, middle = w12.x * w12.y;
    vec3 sum = texture(picture, at12).rgb * middle;
    sum += texture(picture, vec2(at0.x, at12.y)).rgb * left;
    sum += texture(picture, vec2(at3.x, at12.y)).rgb * right;
    sum += texture(picture, vec2(at12.x, at0.y)).rgb * below;
    sum += texture(picture, vec2(at12.x, at3.y)).rgb * above;
    return sum / (left + right + below + above + middle);
}

void main() {
    vec2 uv = framed(v_uv);
    vec3 stroke = texture(u_directions, uv).xyz;
    vec2 across = across_stroke(stroke.xy);
    vec2 along = vec2(-across.y, across.x);

    // Noise averaged along the stroke leaves the traces of a brush.
    vec2 place = v_uv * vec2(u_resolution.x / u_resolution.y, 1.0) * BRISTLES;
    vec2 hair = along / 170.0;
    float bristle = 0.28 * (texture(u_bristles, place + hair).r + texture(u_bristles, place - hair).r);
    bristle += 0.22 * (texture(u_bristles, place + 3.0 * hair).r + texture(u_bristles, place - 3.0 * hair).r) - 0.5;

    // A hand does not draw with a ruler.
    vec2 wobble = texture(u_bristles, place * 0.11).rg - 0.5;
    vec3 colour = bicubic(u_picture, uv + wobble * WOBBLE * u_strokes * u_cover);
    // Neighbouring strokes differ in light and a little in warmth, as if mixed by hand.
    colour *= 1.0 + bristle * vec3(1.15, 1.0, 0.85) * RELIEF * u_strokes;
    o_colour = vec4(clamp(colour, 0.0, 1.0), 1.0);
}
