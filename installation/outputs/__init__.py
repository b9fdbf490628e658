"""Where the picture lies: on which monitors, which part of it on each, in which corners. Pure but for the store's file.

layout         outputs as the venue's `outputs.yaml` says them, checked
edits          changes of a layout as page, REST and OSC say them; monitors: what there is to show it on
store          the layout that is shown now: changed by hand, page or file, and kept
"""
