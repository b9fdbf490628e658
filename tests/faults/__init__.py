"""Faults injected into the real program, and how it fared: `python -m tests.faults [WORDS…]` prints the table.

faulty_show     `run_show.py` whose workers misbehave, and whose clock is set, on order
narrow          `run_show.py` where a folder is small or cannot be written
watched_show    a run that is watched: by its page for blackness and words, by the system for what is left behind
workers         what goes wrong with a worker
surroundings    what goes wrong around a show: disk, ports, display, clock, files
sound           what goes wrong with the sound server
controller      what goes wrong with a MIDI controller
table           the rows, and the page that they become
"""
