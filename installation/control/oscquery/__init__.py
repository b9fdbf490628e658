"""OSCQuery: hosts learn all controls without set-up.

service     the surface: its server and ports
namespace   the controls as the specification's tree; outputs: where the picture lies
app         HTTP and WebSocket; listeners: who is told of changes
"""
