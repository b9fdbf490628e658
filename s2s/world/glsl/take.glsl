// What one picture is made of: the take's random draws, its nearness and hour, and where the pixel lies.
// u runs from (0, 0) at the lower left to (1, 1) at the upper right.

uniform float draws[96];  // each 0..1; 0..63 belong to the scene, 64..79 to light and sky, 80..95 to the finish
uniform float nearness;   // 0 far .. 1 near
uniform float hour;       // 0 .. 24
uniform float presence;   // 0 the thing is absent, hidden or turned away .. 1 it is there and sounds
uniform float seconds;    // the time within the clip, for what moves
uniform int layer;        // 0 the scene itself, 1 its thing laid over another scene's place
uniform int measured;     // 1 when only the thing is wanted, for how much of the picture it covers
uniform int taps;         // samples across a pixel
uniform float pixel;      // the side of one sample

in vec2 at;
out vec4 colour;

const float TAU = 6.2831853;

float between(int i, float low, float high) { return mix(low, high, draws[i]); }

bool chance(int i, float probability) { return draws[i] < probability; }

float side(int i) { return draws[i] < 0.5 ? -1.0 : 1.0; }

// How much of the pixel lies inside a shape, from the signed distance to its edge (negative inside).
float inside(float distance) { return clamp(0.5 - 0.7 * distance / pixel, 0.0, 1.0); }

// The same with a soft edge of the given width.
float softly(float distance, float width) { return 1.0 - smoothstep(-width, width, distance); }

// Paint a surface over what is there, premultiplied: coverage a, 0 .. 1.
void over(inout vec4 c, vec3 surface, float a) { c = vec4(mix(c.rgb, surface, a), mix(c.a, 1.0, a)); }

// Add light, which covers nothing.
void shine(inout vec4 c, vec3 glow) { c.rgb += glow; }

// Paint what belongs to the place and stands before the thing: it takes from what the thing covers.
void hide(inout vec4 c, vec3 surface, float a) {
    if (layer == 0) c = vec4(mix(c.rgb, surface, a), c.a * (1.0 - a));
}

// Paint what the thing brings along where the place has none of it, a branch to sit on: seen, but not the thing.
void bring(inout vec4 c, vec3 surface, float a) {
    if (layer == 1) c = vec4(mix(c.rgb, surface, a), measured == 1 ? c.a * (1.0 - a) : mix(c.a, 1.0, a));
}

float falling(float from, float to, float x) { return 1.0 - smoothstep(from, to, x); }

// How far presence has come between two of its values, easing in and out.
float come(float from, float to) { return smoothstep(from, to, presence); }

// The same for what comes in from outside: fast at first, so that half present is in view, then slowing down.
float arrive(float from, float to) {
    float left = 1.0 - clamp((presence - from) / (to - from), 0.0, 1.0);
    return 1.0 - left * left;
}

// The sine of x whole turns, near enough, from parabolas: the real one costs ten times as much.
float sine(float x) {
    float t = fract(x + 0.5) - 0.5;
    return 8.0 * t - 16.0 * t * abs(t);
}

// A swing back and forth, -1 .. 1, `hz` times a second; phase counts whole swings.
float swing(float hz, float phase) { return sine(hz * seconds + phase); }

// A rounded hill around 0, 1 high and gone at 2; exp(-x * x) near enough, from products.
float mound(float x) {
    float t = max(1.0 - 0.25 * x * x, 0.0);
    return t * t * t * t;
}
