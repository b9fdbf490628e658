// How the generated picture meets the window: the part of the source that the target shows.

uniform vec2 u_cover;  // width and height of the visible part of the source, each 0..1; zoom is in it

vec2 framed(vec2 uv) {
    return (uv - 0.5) * u_cover + 0.5;
}
