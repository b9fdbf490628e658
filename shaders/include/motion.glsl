// Where things go between two pictures, seen from the picture half way between them.

uniform sampler2D u_pair;    // stages/motion_pair.frag: before in red, newest in green
uniform sampler2D u_motion;  // the way from before to newest, in parts of the picture, to the right and upwards

// A tent over four texels: neighbours move alike, and what has no texture goes with what is around it.
vec2 motion_at(vec2 uv) {
    vec2 half_texel = 0.5 / vec2(textureSize(u_motion, 0));
    vec2 other = vec2(half_texel.x, -half_texel.y);
    vec2 sum = textureLod(u_motion, uv + half_texel, 0.0).xy + textureLod(u_motion, uv - half_texel, 0.0).xy;
    return 0.25 * (sum + textureLod(u_motion, uv + other, 0.0).xy + textureLod(u_motion, uv - other, 0.0).xy);
}

// The greys of both pictures that `motion` brings to this place half way.
vec2 met_at(vec2 uv, vec2 motion) {
    return vec2(texture(u_pair, uv - 0.5 * motion).r, texture(u_pair, uv + 0.5 * motion).g);
}
