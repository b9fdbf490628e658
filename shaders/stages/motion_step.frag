#version 330 core
// The motion so far and one step of Lucas and Kanade's (IJCAI 1981): the move that explains best, by least squares over
// a window, what stages/motion_gradient.frag (u_picture) has left.

#include "common.glsl"
#include "motion.glsl"

const int REACH = 2;         // texels to each side
const float CALM = 2e-3;     // squares of grey: where less changes across a window, its neighbours decide
const float LONGEST = 1.5;   // texels: beyond that slopes say nothing

void main() {
    vec2 texel = 1.0 / u_resolution;
    float xx = CALM, xy = 0.0, yy = CALM;
    vec2 xt = vec2(0.0);
    for (int y = -REACH; y <= REACH; y++) {
        for (int x = -REACH; x <= REACH; x++) {
            vec3 change = texture(u_picture, v_uv + texel * vec2(x, y)).xyz;
            xx += change.x * change.x;
            xy += change.x * change.y;
            yy += change.y * change.y;
            xt += change.xy * change.z;
        }
    }
    vec2 move = vec2(xy * xt.y - yy * xt.x, xy * xt.x - xx * xt.y) / (xx * yy - xy * xy);
    move *= min(1.0, LONGEST / max(length(move), 1e-6));
    o_colour = vec4(motion_at(v_uv) + move * texel, 0.0, 1.0);
}
