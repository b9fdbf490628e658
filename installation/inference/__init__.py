"""The slow path, in a process of its own that owns torch: sound becomes a target, the latent moves, a picture is made.

    listening   ring -> spectrogram -> audio encoder and its heads -> `Target`, every hop
    running_encoder  which clip that is, and how much of it is computed anew
    scene       what is painted of it: one thing, or a place and what is laid over it
    deciding    whether it is painted, or the show drifts or remembers; `idle`: silence; `memories`: what was painted
    motion      where that leads -> `Latent`: pure, in seconds
    painting    `Wish` -> levels, by the generator as it is; `captured_painting`: by a graph on CUDA (`captured_work`)
    playing     all of that of one model
    swapping    another model, found, loaded and tried in a thread (`background`) and crossed to (`fading`)
    core        `InferenceCore.step(now)`: one round of whichever plays; no clock, thread or window

Nothing here is imported by the show's own process except by name, so that it starts without torch.
"""
