#version 330 core
// The motion where the pictures meet by it, none where they do not; z: how far they are apart all the same, in grey.
// One thing that has moved is the same in both, while of a thing that turns into another half of the change or more
// is left, whichever way one looks for it.

#include "common.glsl"
#include "motion.glsl"

const int REACH = 2;        // texels to each side
const float NOISE = 0.002;  // of grey: steps of 8 bits, and of a texture unit that reckons in them
const float MEETS = 0.15;   // so much of the change may be left
const float FAILS = 0.5;    // so much of it says that nothing moved

void main() {
    vec2 texel = 1.0 / u_resolution;
    vec2 motion = motion_at(v_uv);
    float still = 0.0, moved = 0.0;
    for (int y = -REACH; y <= REACH; y++) {
        for (int x = -REACH; x <= REACH; x++) {
            vec2 place = v_uv + texel * vec2(x, y);
            vec2 stayed = texture(u_pair, place).rg;
            vec2 met = met_at(place, motion);
            still += abs(stayed.y - stayed.x);
            moved += abs(met.y - met.x);
        }
    }
    const float TEXELS = float((2 * REACH + 1) * (2 * REACH + 1));
    float left = (moved / TEXELS + NOISE) / max(still / TEXELS, NOISE);
    o_colour = vec4(motion * (1.0 - smoothstep(MEETS, FAILS, left)), min(moved, still) / TEXELS, 1.0);
}
