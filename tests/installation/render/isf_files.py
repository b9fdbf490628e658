"""ISF shaders in the manner of those that artists share, written for the tests."""

from pathlib import Path
from typing import Final

TINT: Final = """/*{
    "DESCRIPTION": "Pulls the picture towards a colour.",
    "CREDIT": "",
    "ISFVSN": "2",
    "CATEGORIES": ["Color Effect"],
    "INPUTS": [
        {"NAME": "inputImage", "TYPE": "image"},
        {"NAME": "amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 1.0},
        {"NAME": "tone", "TYPE": "color", "DEFAULT": [1.0, 0.0, 0.0, 1.0]},
        {"NAME": "negative", "TYPE": "bool", "DEFAULT": false}
    ]
}*/
#version 120
#ifdef GL_ES
precision mediump float;
#endif

void main() {
    vec4 here = IMG_THIS_PIXEL(inputImage);
    gl_FragColor = mix(here, tone, amount);
    if (negative) {
        gl_FragColor.rgb = 1.0 - gl_FragColor.rgb;
    }
}
"""
BLUR: Final = """/*
{
    "ISFVSN": "2",
    "INPUTS": [
        {"NAME": "inputImage", "TYPE": "image"},
        {"NAME": "width", "TYPE": "float", "MIN": 0, "MAX": 40, "DEFAULT": 12},
        {"NAME": "centre", "TYPE": "point2D", "DEFAULT": [0.5, 0.5]},
        {"NAME": "taps", "TYPE": "long", "VALUES": [3, 5], "LABELS": ["few", "many"], "DEFAULT": 5}
    ]
}
*/
varying vec2 towards;

void main() {
    vec4 sum = vec4(0.0);
    for (int i = 0; i < 5; i++) {
        if (i < taps) {
            sum += IMG_PIXEL(inputImage, isf_FragNormCoord * RENDERSIZE + towards * float(i));
        }
    }
    gl_FragColor = sum / float(taps) + 0.0 * texture2D(inputImage, centre) * IMG_SIZE(inputImage).x;
}
"""
BLUR_VERTEX: Final = """varying vec2 towards;
void main() {
    isf_vertShaderInit();
    towards = vec2(width, 0.0);
}
"""
RINGS: Final = """/*{
    "ISFVSN": "2", "CATEGORIES": ["Generator"],
    "INPUTS": [{"NAME": "rate", "TYPE": "float", "MIN": 0, "MAX": 4, "DEFAULT": 1}]
}*/
void main() {
    float far = distance(isf_FragNormCoord, vec2(0.5));
    float ring = step(0.5, fract(far * 6.0 - TIME * rate));
    float calendar = DATE.x + float(FRAMEINDEX) + TIMEDELTA + float(PASSINDEX);
    gl_FragColor = vec4(vec3(0.0, 1.0, 0.0), ring * step(far, 0.4) + 0.0 * calendar);
}
"""
TRAIL: Final = """/*{
    "ISFVSN": "2",
    "INPUTS": [{"NAME": "inputImage", "TYPE": "image"}],
    "PASSES": [{"TARGET": "before", "PERSISTENT": true, "FLOAT": true}]
}*/
void main() {
    gl_FragColor = mix(IMG_THIS_PIXEL(before), IMG_THIS_NORM_PIXEL(inputImage), 0.5);
}
"""


def write_all(folder: Path) -> Path:
    """Write them into `folder`, as an artist drops them, and return it."""
    folder.mkdir(exist_ok=True)
    for name, text in (("tint.fs", TINT), ("side blur.fs", BLUR), ("side blur.vs", BLUR_VERTEX), ("rings.fs", RINGS)):
        (folder / name).write_text(text)
    return folder
