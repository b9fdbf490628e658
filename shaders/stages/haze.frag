#version 330 core
// First step of mist, at a quarter of the resolution: the light of the scene.

#include "common.glsl"
#include "scene_light.glsl"

void main() {
    vec2 texel = 1.0 / vec2(textureSize(u_picture, 0));
    vec3 light = vec3(0.0);
    for (int i = 0; i < 4; i++) {
        light += 0.25 * scene_light(texture(u_picture, v_uv + (vec2(i & 1, i >> 1) * 2.0 - 1.0) * texel).rgb);
    }
    o_colour = vec4(light, 1.0);
}
