"""The picture on the wall: generated pictures, features and controls in, a finished picture on a window out.

surface (what to draw on) -> window (the only importer of pyglet) or headless; source and crossfade (generated pictures
at display rate) -> passes from `shaders/` (shader, uniforms, layer) -> pipeline.Renderer; resolution chooses how large
the passes run; framing meets the window's shape; hud, reading, snapshot and video look at the result. No torch.
"""
