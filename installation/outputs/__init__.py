"""Where the picture lies: on which monitors, which part of it on each, in which corners.

layout        outputs as the venue's `outputs.yaml` says them, checked
store         the layout that is shown now: changed by hand, page or file, and kept
edits         changes of a layout as page, REST and OSC say them
monitors      what there is to show outputs on
geometry      where each point of an output comes from in the picture
fitting       how the picture meets a monitor of another shape; how large the picture is
motion        how outputs change while people watch: they glide, or turn over in the dark
mask_motion   the same of their masks
picture_shape how large the picture is: another shape comes in the dark
marks         the test pattern, and the corner that is being moved
deeds         the outputs as a control surface: follows the file, keeps what was changed
opening       opens the windows and wires all of it

Drawn by `render.output_pass`, shown by `output.windows`, moved by `control.output_keys`.
"""
