#version 330 core
// The bends of warp, at a sixth of the resolution: how far from here the picture is looked up, in parts of it, at full
// strength. Each size of fold bends the next finer one.

#include "common.glsl"
#include "waves.glsl"

uniform vec3 u_slow;
uniform vec3 u_way;

void main() {
    vec2 aspect = vec2(u_resolution.x / u_resolution.y, 1.0);
    vec2 place = (v_uv - 0.5) * aspect;
    float minutes = u_time / 60.0;
    vec2 wide = stirred(place, 0.45, 2.0 * minutes + u_way.x / 12.0);
    vec2 folds = stirred(place + 0.12 * wide, 1.1, -3.0 * minutes - u_way.y / 8.0);
    vec2 fine = stirred(place.yx + 0.05 * folds, 3.7, 5.0 * minutes + u_way.z / 2.0).yx;
    vec2 bend = wide * (0.020 + 0.040 * u_slow.x) + folds * (0.010 + 0.018 * u_slow.y);
    bend += fine * (0.0085 * u_slow.z);
    o_colour = vec4(bend / aspect, 0.0, 1.0);
}
