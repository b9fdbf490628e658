// A projectionist's test pattern: a grid and a circle that belong to the picture and so go on from one output to the
// next, and a frame, a circle, corner marks and a label that belong to the one output.

uniform sampler2D u_label;     // text, row 0 at the top
uniform vec4 u_label_box;      // where it lies in the output: left, top, width, height
uniform vec2 u_picture_size;   // pixels of the whole picture
uniform vec2 u_square_size;    // pixels of the output's part of it

const float COLUMNS = 16.0;

// How much of a line of `width` pixels there is where the signed way to it is `way`, in pixels.
float line(float way, float width) {
    return clamp(0.5 * width + 0.5 - abs(way), 0.0, 1.0);
}

float grid_line(float place, float width) {
    return line((fract(place + 0.5) - 0.5) / max(fwidth(place), 1e-7), width);
}

float circle(vec2 way, float radius, float width) {
    float from_centre = length(way);
    return line((from_centre - radius) / max(fwidth(from_centre), 1e-7), width);
}

vec3 pattern(vec2 source, vec2 square) {
    vec2 cells = (source - 0.5) * vec2(COLUMNS, COLUMNS * u_picture_size.y / u_picture_size.x);
    vec3 colour = mix(vec3(0.05), vec3(0.55), max(grid_line(cells.x, 1.0), grid_line(cells.y, 1.0)));
    vec2 axes = (source - 0.5) / max(fwidth(source), 1e-7);
    colour = mix(colour, vec3(0.2, 0.8, 0.9), max(line(axes.x, 2.0), line(axes.y, 2.0)));
    vec2 from_middle = (source - 0.5) * u_picture_size;
    colour = mix(colour, vec3(0.2, 0.8, 0.9), circle(from_middle, 0.45 * min(u_picture_size.x, u_picture_size.y), 2.0));

    vec2 own = (square - 0.5) * u_square_size;
    float short_side = min(u_square_size.x, u_square_size.y);
    colour = mix(colour, vec3(1.0), circle(own, 0.4 * short_side, 2.0));
    vec2 edge = (0.5 * u_square_size - abs(own));
    float near = min(edge.x, edge.y);
    colour = mix(colour, vec3(1.0), clamp(3.0 - near, 0.0, 1.0));
    float mark = step(edge.x + edge.y, 0.08 * short_side);
    colour = mix(colour, vec3(0.9, 0.25, 0.2), mark);

    vec2 text = (square - u_label_box.xy) / max(u_label_box.zw, 1e-7);
    if (u_label_box.z > 0.0 && all(greaterThanEqual(text, vec2(0.0))) && all(lessThanEqual(text, vec2(1.0)))) {
        colour = texture(u_label, text).rgb;
    }
    return colour;
}
