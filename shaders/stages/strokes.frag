#version 330 core
// Which way would a brush go? Along the edges where there are any, along a calm field of its own where there are none.
// u_picture: the structure tensor of stages/flow.frag. Drawn at the resolution of that.
// Writes twice the angle of the direction across the stroke as a vector (twice, because a stroke has no front end), and
// how sure it is, 0..1.

#include "common.glsl"

void main() {
    vec2 texel = 1.0 / u_resolution;
    vec3 tensor = 0.25 * texture(u_picture, v_uv).rgb;
    for (int i = 0; i < 4; i++) {
        vec2 corner = vec2(i & 1, i >> 1) * 2.0 - 1.0;
        vec2 side = 0.5 * vec2(corner.x + corner.y, corner.x - corner.y);
        tensor += 0.125 * texture(u_picture, v_uv + side * texel * 1.3).rgb;
        tensor += 0.0625 * texture(u_picture, v_uv + corner * texel * 1.3).rgb;
    }
    vec2 edge = vec2(tensor.x - tensor.z, 2.0 * tensor.y);
    float energy = tensor.x + tensor.z;
    float sure = length(edge) / (energy + 0.0004);

    vec2 place = v_uv * TAU;
    vec2 calm = vec2(sin(place.x * 1.0 + 1.7 * sin(place.y)), 1.2 * cos(place.y * 1.0 - 1.3 * sin(place.x)) - 0.6);
    vec2 across = edge / (energy + 0.0004) + calm * 0.25 * (1.0 - sure);
    o_colour = vec4(across, sure, 1.0);
}
