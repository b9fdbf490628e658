"""The picture on the wall: generated pictures, features and controls in, a finished picture on a window out.

surface (what to draw on) -> window (the only importer of pyglet) or headless; frame_texture and crossfade (generated
pictures at display rate; by flow and motion_field things move between them) -> passes from `shaders/` (shader_sources:
all files at one moment; shader, fusing, uniforms, render_target; isf_text: ISF shaders as passes) -> chain, which
pass_warming compiles ahead -> wall -> pipeline.Renderer; upscale is the first pass; resolution chooses how large the
passes run; framing and extension meet the window's shape. On the wall: dissolve (after a cut from what was shown to
what comes); overlay is text over it, text_pace how often that may change. For the safety of the audience: flash_guard
measures each picture before it is shown; flash_limiter, by the count of flash_meter, says how much of it may be. The
second painter: layers and crossing (what is shown of what is heard) -> world_scene -> world_painter, which draws the
world's shaders; shader_warming compiles them ahead; painter_words say who is seen.
No torch.
"""
