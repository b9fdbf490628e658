#version 330 core
// Makes a large picture of the generator's small one.
// u_sharpness (/render/sharpness): how crisp edges are. /render/zoom and /render/fit are in u_cover.

#include "common.glsl"
#include "framing.glsl"
#include "noise.glsl"

uniform float u_sharpness;

// Catmull-Rom over 4x4 texels in nine bilinear taps.
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
    o_colour = vec4(clamp(bicubic(u_picture, framed(v_uv)), 0.0, 1.0), 1.0);
}
