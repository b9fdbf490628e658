"""MIDI: `control` is the surface. Ports are in a process of their own: `link` starts `ports`, the only importer of mido
and rtmidi, and `names` tells which of them to take. What they say goes up this way, on the show's thread.

    events      messages as events: 14 bits and NRPN put together; clock, pulse_filter: a tempo of pulses
    controller  learning, forgetting, telling; layers: whose map counts
    takeover    knobs that lie elsewhere than what they move; encoders: endless knobs
    map         the entries of maps, checked; store: maps by device, kept; maps: those that ship
    learning    which control a hand means; feedback: what the controller is told
"""
