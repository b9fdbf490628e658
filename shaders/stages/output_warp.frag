#version 330 core
// One output: the picture, or the test pattern, pinned to four corners of the monitor, masked, and faded at its edges.
// Places count from the top left, in shares of their sides. The blend's shares of light add up to one with those of the
// output that goes on beyond the edge (installation/outputs/geometry.py, blend_share).

#include "noise.glsl"
#include "pattern.glsl"

in vec2 v_uv;
out vec4 o_colour;

uniform sampler2D u_picture;
uniform sampler2D u_mask;      // 1 shows, 0 stays black; as large as the output
uniform mat3 u_to_square;      // from a place of the monitor to one of the pinned square
uniform mat3 u_to_picture;     // and from there to one of the picture
uniform vec4 u_blend;          // left, right, top, bottom: how far the fades reach in, 0 for none
uniform float u_gamma;
uniform float u_pattern;       // 0 the picture, 1 the test pattern
uniform vec4 u_cursor;         // x, y of the corner that is being moved, and 1 where one is
uniform vec2 u_resolution;     // pixels of the output

float fade(float place, float width) {
    return width > 0.0 ? smoothstep(0.0, width, place) : 1.0;
}

void main() {
    vec2 place = vec2(v_uv.x, 1.0 - v_uv.y);
    vec3 seen = u_to_square * vec3(place, 1.0);
    vec2 square = seen.xy / seen.z;
    vec2 pixel = max(sqrt(dFdx(square) * dFdx(square) + dFdy(square) * dFdy(square)), 1e-7);
    vec2 inside = clamp(min(square, 1.0 - square) / pixel + 0.5, 0.0, 1.0);
    float light = seen.z > 0.0 ? inside.x * inside.y : 0.0;

    vec2 source = (u_to_picture * vec3(square, 1.0)).xy;
    vec3 colour = texture(u_picture, vec2(source.x, 1.0 - source.y)).rgb;
    if (u_pattern > 0.0) {
        colour = mix(colour, pattern(source, square), u_pattern);
    }

    float share = fade(square.x, u_blend.x) * fade(1.0 - square.x, u_blend.y)
                * fade(square.y, u_blend.z) * fade(1.0 - square.y, u_blend.w);
    light *= texture(u_mask, v_uv).r * pow(max(share, 0.0), 1.0 / u_gamma);
    // Half a step of noise hides the bands of a fade; what does not fade stays as it is, to the bit.
    float speck = light > 0.0 && light < 1.0 ? (speckle(gl_FragCoord.xy) - 0.5) * 0.98 / 255.0 : 0.0;
    colour = colour * light + speck;

    if (u_cursor.z > 0.0) {
        float ring = abs(distance(place * u_resolution, u_cursor.xy * u_resolution) - 0.02 * u_resolution.y);
        colour = mix(colour, vec3(1.0, 0.8, 0.2), clamp(3.0 - ring, 0.0, 1.0));
    }
    o_colour = vec4(colour, 1.0);
}
