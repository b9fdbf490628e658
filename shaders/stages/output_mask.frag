#version 330 core
// One polygon that stays black, its edge a pixel soft: 0 inside, 1 outside, to be multiplied with the others.

in vec2 v_uv;
out vec4 o_colour;

uniform sampler2D u_points;    // a point a texel: x, y from the top left, in shares of the output's sides
uniform int u_count;
uniform float u_share;         // how far it covers, less than 1 while it comes or goes
uniform vec2 u_resolution;     // pixels of the output

void main() {
    vec2 place = vec2(v_uv.x, 1.0 - v_uv.y) * u_resolution;
    float nearest = 1e9;
    bool inside = false;
    vec2 from = texelFetch(u_points, ivec2(u_count - 1, 0), 0).rg * u_resolution;
    for (int number = 0; number < u_count; number++) {
        vec2 to = texelFetch(u_points, ivec2(number, 0), 0).rg * u_resolution;
        vec2 side = to - from;
        vec2 way = place - from;
        float along = clamp(dot(way, side) / max(dot(side, side), 1e-9), 0.0, 1.0);
        nearest = min(nearest, distance(way, along * side));
        // A ray to the right crosses the outline once more than it comes back, where it starts inside.
        if ((from.y > place.y) != (to.y > place.y) && way.x < side.x * way.y / side.y) {
            inside = !inside;
        }
        from = to;
    }
    float seen = clamp(0.5 + (inside ? -nearest : nearest), 0.0, 1.0);
    o_colour = vec4(vec3(mix(1.0, seen, u_share)), 1.0);
}
