// The corners of one triangle that covers the whole target.

vec2 corner() {
    return vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
}

vec4 on_screen(vec2 uv) {
    return vec4(uv * 2.0 - 1.0, 0.0, 1.0);
}
