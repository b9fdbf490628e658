#version 330 core
// Added to the last passes: dithers what they draw to the 8 bits of the screen. Declares nothing but what every pass has,
// and calls nothing: passes that are edited have names of their own.

out vec4 o_colour;

uniform vec2 u_chance;

void main() {
    // As speckle() of include/noise.glsl; exact 8-bit values stay as they are.
    float speck = fract(52.9829189 * fract(dot(gl_FragCoord.xy + u_chance * 64.0, vec2(0.06711056, 0.00583715))));
    o_colour.rgb += (speck - 0.5) * (0.98 / 255.0);
}
