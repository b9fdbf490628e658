#version 330 core
// The whole generated picture in the middle of a wider or higher one, at its own resolution; its edges are carried on:
// mirrored where they meet, softer and calmer the farther from them.

#include "common.glsl"

uniform sampler2D u_soft;    // stages/soften.frag of the picture
uniform sampler2D u_softer;  // and of that

const float REACH = 0.18;  // so much of the picture's shorter side is mirrored at most

// A tent instead of the texture unit's straight lines, which show where texels are large.
vec3 smooth_at(sampler2D image, vec2 uv) {
    vec2 half_texel = 0.5 / vec2(textureSize(image, 0));
    vec3 sum = texture(image, uv + half_texel).rgb + texture(image, uv - half_texel).rgb;
    half_texel.y = -half_texel.y;
    return 0.25 * (sum + texture(image, uv + half_texel).rgb + texture(image, uv - half_texel).rgb);
}

void main() {
    vec2 size = vec2(textureSize(u_picture, 0));
    float shorter = min(size.x, size.y);
    vec2 place = ((v_uv - 0.5) * u_resolution) / shorter;  // in shorter sides, from the middle
    vec2 edge = 0.5 * size / shorter;
    vec2 inside = clamp(place, -edge, edge);
    vec2 beyond = place - inside;
    float gap = abs(beyond.x) + abs(beyond.y);
    vec2 back = sign(beyond) * REACH * (1.0 - exp(-abs(beyond) / REACH));
    vec2 uv = (inside - back) * shorter / size + 0.5;

    vec3 colour = texture(u_picture, uv).rgb;
    colour = mix(colour, smooth_at(u_soft, uv), smoothstep(0.0, 0.08, gap));
    colour = mix(colour, smooth_at(u_softer, uv), smoothstep(0.0, 0.28, gap));
    o_colour = vec4(colour, 1.0);
}
