#version 330 core
// First half of the up-scaling, at a few times the generator's resolution: smooth along edges, crisp across them.
// u_flow: the structure tensor. u_sharpness: how crisp.

#include "common.glsl"

uniform sampler2D u_flow;
uniform float u_sharpness;

void main() {
    vec2 texel = 1.0 / vec2(textureSize(u_picture, 0));
    vec3 tensor = vec3(0.0);
    for (int i = 0; i < 4; i++) {
        vec2 corner = vec2(i & 1, i >> 1) * 2.0 - 1.0;
        tensor += texture(u_flow, v_uv + corner * texel * 0.8).rgb;
    }
    tensor *= 0.25;

    // The larger eigenvalue's vector points across the edge.
    float half_gap = 0.5 * (tensor.x - tensor.z);
    float root = sqrt(half_gap * half_gap + tensor.y * tensor.y);
    float mean = 0.5 * (tensor.x + tensor.z);
    vec2 across = vec2(half_gap + root, tensor.y);
    float size = length(across);
    across = size > 1e-6 ? across / size : vec2(1.0, 0.0);
    vec2 along = vec2(-across.y, across.x);
    float edge = root / (mean + 0.0006);

    vec3 centre = texture(u_picture, v_uv).rgb;
    vec3 smooth_along = centre * 0.4;
    smooth_along += 0.3 * 0.65 * (texture(u_picture, v_uv + along * texel * 0.75).rgb + texture(u_picture, v_uv - along * texel * 0.75).rgb);
    smooth_along += 0.3 * 0.35 * (texture(u_picture, v_uv + along * texel * 1.6).rgb + texture(u_picture, v_uv - along * texel * 1.6).rgb);
    vec3 colour = mix(centre, smooth_along, edge);

    vec3 one = texture(u_picture, v_uv + across * texel * 0.9).rgb;
    vec3 other = texture(u_picture, v_uv - across * texel * 0.9).rgb;
    vec3 sharp = colour + (colour - 0.5 * (one + other)) * (1.0 + 5.0 * u_sharpness) * edge;
    o_colour = vec4(clamp(sharp, min(colour, min(one, other)), max(colour, max(one, other))), 1.0);
}
