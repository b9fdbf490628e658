#version 330 core
// How bright an output is where, 0 to 1: a smooth edge around the pinned square, and the fades of a blend. Drawn once,
// when it changes. A fade's share of light adds up to one with that of the output that goes on beyond the edge
// (installation/outputs/geometry.py, blend_share); the signal for it is the share to the power 1/gamma.

in vec3 v_seen;
out vec4 o_colour;

uniform vec4 u_blend;          // left, right, top, bottom: how far the fades reach in, 0 for none
uniform float u_gamma;

float fade(float place, float width) {
    return width > 0.0 ? smoothstep(0.0, width, place) : 1.0;
}

void main() {
    vec2 square = v_seen.xy / v_seen.z;
    vec2 pixel = max(sqrt(dFdx(square) * dFdx(square) + dFdy(square) * dFdy(square)), 1e-7);
    vec2 inside = clamp(min(square, 1.0 - square) / pixel + 0.5, 0.0, 1.0);
    float share = fade(square.x, u_blend.x) * fade(1.0 - square.x, u_blend.y)
                * fade(square.y, u_blend.z) * fade(1.0 - square.y, u_blend.w);
    float light = inside.x * inside.y * pow(max(share, 0.0), 1.0 / u_gamma);
    o_colour = vec4(vec3(v_seen.z > 0.0 ? light : 0.0), 1.0);
}
