"""`--calibrate`: how late the picture is, measured by the show itself with clicks that it plays and hears.

clicks, matching        the clicks and when they come; which beginnings that were heard are those clicks. Pure
timing, advice          what each click took, part by part; the delay that follows from it. Pure
wording, preset_edit    the table; the delay written into a preset's file
stage                   the ear, the screen and the ring's watcher that take the times in a running show
run, session            the course of a calibration, as one more control surface; its end on the command line
"""
