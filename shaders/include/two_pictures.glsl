// What was on display, and the newest generated picture. That comes with row 0 at the top, as the network paints it.

uniform sampler2D u_before;
uniform sampler2D u_newest;
uniform vec2 u_part;  // width and height of the part of u_before, about its middle, that has the newest one's shape; 1
                      // unless another model paints now

vec3 before_at(vec2 uv) {
    return texture(u_before, (uv - 0.5) * u_part + 0.5).rgb;
}

vec3 newest_at(vec2 uv) {
    return texture(u_newest, vec2(uv.x, 1.0 - uv.y)).rgb;
}
