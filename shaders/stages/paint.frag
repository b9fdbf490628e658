#version 330 core
// First half of the up-scaling, at a few times the generator's resolution: smooth along strokes, crisp across them.
// u_directions: the direction field of stages/strokes.frag. u_sharpness: how crisp.

#include "common.glsl"
#include "strokes.glsl"

uniform sampler2D u_directions;
uniform float u_sharpness;

void main() {
    vec2 texel = 1.0 / vec2(textureSize(u_picture, 0));
    vec3 stroke = texture(u_directions, v_uv).xyz;
    vec2 across = across_stroke(stroke.xy) * texel;
    vec2 along = vec2(-across.y, across.x);
    float sure = stroke.z;

    vec3 centre = texture(u_picture, v_uv).rgb;
    vec3 near = texture(u_picture, v_uv + along * 0.75).rgb + texture(u_picture, v_uv - along * 0.75).rgb;
    vec3 far = texture(u_picture, v_uv + along * 1.6).rgb + texture(u_picture, v_uv - along * 1.6).rgb;
    vec3 colour = mix(centre, 0.4 * centre + 0.195 * near + 0.105 * far, sure);

    vec3 one = texture(u_picture, v_uv + across * 0.9).rgb;
    vec3 other = texture(u_picture, v_uv - across * 0.9).rgb;
    vec3 sharp = colour + (colour - 0.5 * (one + other)) * (1.0 + 5.0 * u_sharpness) * sure;
    o_colour = vec4(clamp(sharp, min(colour, min(one, other)), max(colour, max(one, other))), 1.0);
}
