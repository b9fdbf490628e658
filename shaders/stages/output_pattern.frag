#version 330 core
// One output while it is being fitted to the wall: the test pattern over the picture, through the same warp and light,
// and a ring around the corner that is being moved.

#include "bars.glsl"
#include "pattern.glsl"

in vec2 v_uv;
in vec3 v_seen;
out vec4 o_colour;

uniform sampler2D u_picture;
uniform sampler2D u_light;
uniform mat3 u_to_picture;
uniform float u_share;         // of its light: less while it comes, goes or turns over
uniform float u_pattern;       // 0 the picture, 1 the test pattern
uniform vec4 u_cursor;         // x, y of the corner that is being moved, and 1 where one is
uniform vec2 u_resolution;     // pixels of the output

void main() {
    vec2 square = v_seen.xy / v_seen.z;
    vec2 source = (u_to_picture * vec3(square, 1.0)).xy;
    float there = on_picture(source);
    vec3 colour = texture(u_picture, vec2(source.x, 1.0 - source.y)).rgb * there;
    colour = mix(colour, pattern(source, square) * mix(BAR_LIGHT, 1.0, there), u_pattern);
    colour *= texture(u_light, v_uv).r * u_share;
    vec2 way = (vec2(v_uv.x, 1.0 - v_uv.y) - u_cursor.xy) * u_resolution;
    float ring = abs(length(way) - 0.02 * u_resolution.y);
    o_colour = vec4(mix(colour, vec3(1.0, 0.8, 0.2), clamp(3.0 - ring, 0.0, 1.0) * u_cursor.z), 1.0);
}
