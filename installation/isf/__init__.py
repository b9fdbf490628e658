"""ISF, the Interactive Shader Format 2.0 (https://isf.video): fragment shaders of other tools as passes of this show.

    header   what a file's JSON says: its inputs, and what of it cannot run here
    rows     those inputs as rows of the table of parameters
    inputs   where the inputs of all ISF passes stand: from the preset, by hand, gliding

The shader's own text is translated in `render.isf_text`.
"""
