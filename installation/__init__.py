"""The show: sound in, a picture that follows it out. What runs where, and where things are.

Three processes. *Capture* (`audio`) turns any source into 16 kHz mono in a shared ring. *Inference* (`inference`)
owns torch: ring -> encoder -> moving latent -> generator -> newest frame in shared memory. The *show* process owns the
window (`render`), the operator's hands (`control`) and the loop (`show`); it never waits for the other two, and
restarts them when they die.

    values, parameters      what flows, and THE table of live controls
    clock, mailbox, ring    monotonic and manual time; one-slot mailboxes; the rolling buffer, in `shared` memory
    desk, modulation        the only writer of controls; features that move them
    preset, options         YAML moods; the resolved run
    hosting, child, workers cores inline or in watched children; a child's life; how each is made
    guard, health, monitor  what raises in a turn; how the show is, and why; `incidents` for the report
    show, assembly, main    the loop; the wiring; arguments to exit code; `offline` renders films
    metering, report, hud, histogram, pacing, recording, fragments

Imports point downward: main -> assembly -> show -> {audio, inference, render, control} -> the ground floor. The four
rooms do not import each other; `s2s` is used through its inference surface alone; torch is imported by `inference`
only. `tests/test_architecture.py` enforces this.
"""
