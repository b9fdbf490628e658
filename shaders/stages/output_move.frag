#version 330 core
// One output that shows its part of the picture flipped or turned, with no corner moved, no mask, no blend, no bars.

in vec3 v_source;
out vec4 o_colour;

uniform sampler2D u_picture;
uniform float u_share;         // of its light: less while it comes, goes or turns over

void main() {
    o_colour = vec4(texture(u_picture, vec2(v_source.x, 1.0 - v_source.y)).rgb * u_share, 1.0);
}
