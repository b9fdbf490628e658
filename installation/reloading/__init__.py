"""Shaders and presets are edited while the show runs: noticed, compiled aside, taken up at once, or said to be wrong.

watch         looks at files again and again, in a thread of its own, until they are written
shaders       the passes: from one state of the files to the next, the last good text of what does not compile
preset_file   the file of the preset that is shown: what was changed in it moves, and nothing else
preset_lines  on which line of it something is wrong
surfaces      both, as a show has them
"""
