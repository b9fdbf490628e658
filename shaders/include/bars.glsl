// Where a monitor of another shape shows the whole picture there are bars beside it.

const float BAR_LIGHT = 0.5;   // of the test pattern, which shows them

uniform bool u_bars;           // whether there are any

// How much of the picture there is at `source`, 0..1 of it: 0 in the bars, its edge a pixel soft.
float on_picture(vec2 source) {
    if (!u_bars) {
        return 1.0;
    }
    vec2 pixel = max(sqrt(dFdx(source) * dFdx(source) + dFdy(source) * dFdy(source)), 1e-7);
    vec2 inside = clamp(min(source, 1.0 - source) / pixel + 0.5, 0.0, 1.0);
    return inside.x * inside.y;
}
