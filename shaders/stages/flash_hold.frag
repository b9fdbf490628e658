#version 330 core
// The wall while it is held back, as light: u_weight of the way from what it showed to what is asked for (u_picture).

#include "common.glsl"
#include "light.glsl"

uniform sampler2D u_shown;
uniform float u_weight;
uniform float u_as_light;  // 1: u_shown is light already, 0: a picture as it was on the screen

void main() {
    vec3 shown = texture(u_shown, v_uv).rgb;
    shown = u_as_light > 0.5 ? shown : light_of(shown);
    o_colour = vec4(mix(shown, light_of(picture()), u_weight), 1.0);
}
