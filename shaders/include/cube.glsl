// A cube of colours as a picture: red to the right, green upwards within each square, a square for each blue.

vec3 cube_node(sampler2D cube, ivec3 at, int nodes) {
    return texelFetch(cube, ivec2(at.r, at.g + at.b * nodes), 0).rgb;
}

// What becomes of a colour 0..1: found in one of six tetrahedra between the nodes around it, which leaves greys grey.
vec3 through_cube(sampler2D cube, vec3 colour) {
    int nodes = textureSize(cube, 0).x;
    vec3 at = colour * float(nodes - 1);
    ivec3 low = min(ivec3(at), nodes - 2);
    vec3 part = at - vec3(low);
    // From the dark corner to the light one along the channel that is furthest first, the least last.
    bool rg = part.r >= part.g, gb = part.g >= part.b, rb = part.r >= part.b;
    ivec3 first = ivec3(rg && rb, !rg && gb, !rb && !gb);
    ivec3 second = ivec3(rg || rb, !rg || gb, !rb || !gb);
    float most = max(part.r, max(part.g, part.b));
    float least = min(part.r, min(part.g, part.b));
    float middle = part.r + part.g + part.b - most - least;
    return (1.0 - most) * cube_node(cube, low, nodes) + (most - middle) * cube_node(cube, low + first, nodes)
         + (middle - least) * cube_node(cube, low + second, nodes) + least * cube_node(cube, low + 1, nodes);
}
