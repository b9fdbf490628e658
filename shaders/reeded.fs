/*{
    "ISFVSN": "2",
    "DESCRIPTION": "A pane of reeded glass: upright ribs, each of which gathers what is behind it and shines at its edge.",
    "CREDIT": "Sound2Scene installation",
    "CATEGORIES": ["Distortion Effect"],
    "INPUTS": [
        {"NAME": "inputImage", "TYPE": "image"},
        {"NAME": "ribs", "TYPE": "float", "MIN": 4.0, "MAX": 80.0, "DEFAULT": 28.0},
        {"NAME": "amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
        {"NAME": "shine", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3}
    ]
}*/

void main() {
    vec2 uv = isf_FragNormCoord;
    float across = fract(uv.x * ribs) - 0.5;  // -0.5 .. 0.5 of a rib
    float bow = across * (1.0 - 2.0 * abs(across));
    float from = clamp(uv.x + bow * 5.0 * amount / ribs, 0.0, 1.0);
    vec3 colour = IMG_NORM_PIXEL(inputImage, vec2(from, uv.y)).rgb;
    // Light lies on the left of each rib, shade on its right; neither adds to the whole.
    colour *= 1.0 - shine * (across + 0.4 * bow);
    gl_FragColor = vec4(colour, 1.0);
}
