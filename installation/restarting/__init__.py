"""A show that starts itself again, whole, and comes back as it was: at night, and when its display has come or gone.

handover        what it leaves to the one that takes its place: preset, values, how long it was to run
again           whether somebody starts it again; if nobody does, the process becomes the program anew
display_watch   whether a display has come since the show began without one
restart         asks for it, from within a running show, and takes up what was left
"""
