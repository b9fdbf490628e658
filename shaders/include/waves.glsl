// Waves and whirls without sines, which cost ten times as much on a CPU.

// A sine of whole turns, from two parabolas: within 0.06 of it.
float swing(float turns) {
    float x = fract(turns) - 0.5;
    return x * (8.0 - 16.0 * abs(x));
}

// How a liquid moves that is stirred at many places: five waves across their own directions, -2..2 or so. Nothing
// wells up or drains away in it (it is a curl). `place` in heights of the picture, `whirls` across a height; `turns`
// moves it on, and comes back to where it was after each whole number.
vec2 stirred(vec2 place, float whirls, float turns) {
    place *= whirls;
    vec2 sum = vec2(-0.31, 0.95) * swing(dot(place, vec2(0.95, 0.31)) + turns);
    sum += vec2(0.81, 0.59) * swing(dot(place, vec2(0.80, -1.10)) - 2.0 * turns + 0.37);
    sum += vec2(-0.99, -0.10) * swing(dot(place, vec2(-0.12, 1.19)) + 3.0 * turns + 0.71);
    sum += vec2(0.59, -0.81) * swing(dot(place, vec2(1.31, 0.95)) - turns + 0.13);
    return sum + vec2(-0.70, -0.71) * swing(dot(place, vec2(-1.27, 1.25)) + 2.0 * turns + 0.89);
}
