// What every pass is offered. A pass uses what it needs; the rest costs nothing.

in vec2 v_uv;
out vec4 o_colour;

uniform sampler2D u_picture;  // what the pass before has drawn
uniform vec2 u_resolution;    // pixels of the target
uniform float u_time;         // seconds of show; starts again every hour, so use whole turns per minute
uniform float u_dt;           // seconds since the last picture
uniform vec2 u_chance;        // two random numbers 0..1, new 24 times a second

// What the fast path hears, each 0..1.
uniform float u_level;
uniform float u_bass;
uniform float u_mid;
uniform float u_treble;
uniform float u_onset;
uniform float u_centroid;

// 1 on the beat, falling to 0 until the next; 0 where there is none.
uniform float u_beat;

// How sure the model is of what sounds, 0..1.
uniform float u_certainty;

// What the pass before has drawn here. Passes that read no other place by u_picture are drawn together, as one.
vec3 picture() {
    return texture(u_picture, v_uv).rgb;
}

const float TAU = 6.28318530718;

float luma(vec3 colour) {
    return dot(colour, vec3(0.299, 0.587, 0.114));
}
