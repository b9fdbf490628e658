"""The show: sound in, a picture that follows it out. What runs where, and where things are.

Three processes. *Capture* (`audio`) turns any source into 16 kHz mono in a shared ring. *Inference* (`inference`)
owns torch: ring -> encoder -> moving latent -> generator -> newest frame in shared memory. The *show* process owns the
window (`render`), the operator's hands (`control`) and the loop (`show`); it never waits for the other two, and
restarts them when they die.

    values, parameters      what flows, and THE table of live controls
    clock, mailbox, ring    monotonic and manual time; one-slot mailboxes; the rolling buffer
    desk, modulation        the only writer of controls; features that move them
    preset, options         YAML moods; the resolved run
    hosting, workers        cores inline or in watched children
    show, assembly, main    the loop; the wiring; arguments to exit code; `offline` renders films
    metering, report, health, hud, histogram, pacing, recording

Imports point downward: main -> assembly -> show -> {audio, inference, render, control} -> the ground floor. The four
rooms do not import each other; `s2s` is used through its inference surface alone; torch is imported by `inference`
only. `tests/test_architecture.py` enforces this.
"""
