#version 330 core
// A lens before the picture: straight lines bow, colours part towards the corners, an open aperture darkens these.
// u_distortion (/render/distortion): -1 pincushion .. 0 none .. 1 barrel; never shows what lies beyond the picture.
// u_aberration (/render/aberration): 0 none .. 1 red and blue apart by two hundredths of the way to the corners.
// u_aperture (/render/aperture): 0 closed, no falloff .. 1 wide open, a fourth of the light in the corners.

#include "common.glsl"

uniform float u_distortion;
uniform float u_aberration;
uniform float u_aperture;

void main() {
    vec2 place = v_uv - 0.5;
    vec2 round_place = place * vec2(u_resolution.x / u_resolution.y, 1.0);
    // 0 in the middle, 1 in the corners.
    float far = dot(round_place, round_place) / (0.25 + 0.25 * pow(u_resolution.x / u_resolution.y, 2.0));
    float bow = 0.30 * u_distortion;
    place *= (1.0 + bow * far) / (1.0 + max(bow, 0.0));
    // Red lies outermost, and nothing is looked up beyond the edge.
    vec2 apart = place * far * 0.009 * u_aberration;
    vec3 colour = vec3(texture(u_picture, 0.5 + place).r, texture(u_picture, 0.5 + place - apart).g,
                       texture(u_picture, 0.5 + place - 2.0 * apart).b);
    // Light falls off by the fourth power of a cosine; the root of that is what the screen's curve makes of it.
    o_colour = vec4(colour / (1.0 + 0.85 * u_aperture * far), 1.0);
}
