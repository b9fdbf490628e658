#version 330 core
// The current of advect, at an eighth of the resolution: how far the picture has flowed since the last one, in parts of
// it (red to the right, green upwards), and that time in units of how long the last one stays (blue).

#include "common.glsl"
#include "waves.glsl"

uniform sampler2D u_motion;  // of the generated pictures: the way from the one before to the newest, in parts of them
uniform vec2 u_motion_cover; // width and height of what is seen of them
uniform float u_moved;       // how much of that way was made since the last picture; 0 where there is none
uniform vec3 u_slow;
uniform vec3 u_way;
uniform float u_advect;
uniform float u_current;

const float LONGEST_S = 2.5;

void main() {
    vec2 aspect = vec2(u_resolution.x / u_resolution.y, 1.0);
    vec2 place = (v_uv - 0.5) * aspect;
    float minutes = u_time / 60.0;
    // Heights of the picture a second.
    vec2 current = stirred(place, 0.8, minutes + u_way.x / 20.0) * (0.020 + 0.075 * u_slow.x);
    current += stirred(place.yx, 2.1, 2.0 * minutes + u_way.y / 15.0).yx * (0.008 + 0.035 * u_slow.y);
    current += stirred(place, 6.3, 4.0 * minutes + u_way.z / 10.0) * (0.030 * u_slow.z);
    vec2 way = current * (2.0 * u_current * u_dt) / aspect;
    if (u_moved > 0.0) {
        way += texture(u_motion, (v_uv - 0.5) * u_motion_cover + 0.5).xy * (u_moved / u_motion_cover);
    }
    // Nothing flows in from beyond the edges.
    vec2 inside = smoothstep(0.0, 0.06, min(v_uv, 1.0 - v_uv));
    way *= inside.x * inside.y;

    float patches = dot(stirred(place.yx, 1.3, -minutes), vec2(0.35)) + dot(stirred(place, 3.4, minutes), vec2(0.15));
    float stays_s = LONGEST_S * u_advect * u_advect * (1.0 + 0.5 * clamp(patches, -1.0, 1.0));
    o_colour = vec4(way, u_dt / max(stays_s, 1e-4), 1.0);
}
