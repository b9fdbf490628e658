#version 330 core
// The picture on the way from what was on display to the newest generated one, at the generator's own resolution: both
// are moved to where things are by now, then blended. Exactly the one at u_weight 0, the other at 1; where there is no
// motion (stages/motion_gate.frag), what stages/crossfade.frag draws.

#include "common.glsl"
#include "two_pictures.glsl"

uniform sampler2D u_motion;
uniform float u_weight;

void main() {
    // The motion is known of places half way; what is here by now was, or will be, a little aside then.
    vec2 half_way = v_uv - (u_weight - 0.5) * texture(u_motion, v_uv).xy;
    vec2 motion = texture(u_motion, half_way).xy;
    vec3 before = before_at(v_uv - u_weight * motion);
    vec3 newest = newest_at(v_uv + (1.0 - u_weight) * motion);
    o_colour = vec4(mix(before, newest, u_weight), 1.0);
}
