"""The show: sound in, a picture that follows it out. What runs where, and where things are.

Three processes. *Capture* (`audio`) turns any source into 16 kHz mono in a shared ring. *Inference* (`inference`)
owns torch: ring -> encoder -> moving latent -> generator -> newest frame in shared memory. The *show* process owns the
picture (`render`), what it is shown on and recorded by (`output`), the operator's hands (`control`) and the loop
(`show`); it never waits for the other two, and restarts them when they die.

    values, status, plain   what flows; how each part does (`control_status`: a control surface); both as JSON
    parameters, parameter   THE table of live controls; one of them; `worker_params`: the part of it that workers read
    clock, mailbox, ring    monotonic, manual and film time; one-slot mailboxes; the rolling buffer, in `shared` memory
    desk, modulation        the only writer of controls; features that move them; `feature_delay`: later; `easing`: how
    grading                 `.cube` files, by which colours become others
    presets, options        looks, a YAML file each; the resolved run; `exit_codes`
    cues                    what happens when: cues, playlist, opening hours
    outputs                 on which monitors the picture lies, and how it is fitted to the wall there
    isf, reloading          inputs of ISF shaders; shaders and presets that are edited while the show runs
    venue, errand           the folder of a place; what a disk may hold up, in a thread; `disk_queue`: in order
    followed_file           a file of the venue, taken up while the show runs; `document_faults`: what is wrong with one
    model_follower          goes to another model; `model_names`: which may be asked for, and what they are called
    logs, soak              what is kept and told of a run; `--soak`: what becomes of its figures in weeks
    hosting, child, workers cores inline or in watched children; a child's life; how each is made
    watching                how a worker is known to be well; restarting: a show that begins anew as it was
    heard_words             what is heard, as an operator would say it
    guard, health, monitor  what raises in a turn; how the show is, and why
    incidents, events       what went wrong, for the report; what happened and what was done, for the page
    show, assembly, main    the loop; the wiring of a live show; arguments to exit code; `show_parts`: what is wired
    sinks                   the wiring of what takes the finished picture besides the surface
    show_status             the whole show as one status
    service                 watched over by systemd or a parent of our own; as before after a power cut; check, updates
    session                 the log of an evening; `offline_session`: its film; `wish_bytes`: what a picture is of
    offline, soundtrack     the wiring of `--render`: the same loop under a film's own time; its sound
    film_workers            a film's slow path in a process of its own, a picture ahead of the one that is drawn
    metering, heard_meter   what is measured, of the machine and of what was heard
    turn_timing, garbage    where the time of a turn goes; the collector, kept from stuttering the picture
    minutes, generator_pace the run minute by minute; how many pictures the generator may paint beside the display
    cadence                 these four of one show
    account, report         what a show tells of itself while it runs, and at the end; hud, histogram
    control_latency         from a hand on a control to the picture
    calibration             `--calibrate`: how late the picture is, measured by the show itself
    diagnosis, product      what a bug report needs; which product this is
    osc_bundle              OSC bundles taken apart, for sound and control; `standard_output`: a pipe may break

Imports point downward: main -> assembly, offline -> show -> {audio, inference, output, render, control} -> the ground
floor. The five rooms do not import each other; `s2s` is used through its inference surface alone; torch is imported by
`inference` only. `tests/test_architecture.py` enforces this.
"""
