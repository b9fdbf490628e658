#version 330 core
// One triangle that covers the whole target; v_uv runs from 0,0 at the bottom left to 1,1 at the top right.

out vec2 v_uv;

void main() {
    v_uv = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
    gl_Position = vec4(v_uv * 2.0 - 1.0, 0.0, 1.0);
}
