"""Sound in: from devices, the network, files and the built-in performance into the shared ring; and its fast analysis.

source (what a source is) -> microphone, osc_pcm (with jitter), file, performance -> resample (to 16 kHz mono) ->
opening (tries in a thread of its own) -> capture (the core of the capture process: falls back, mixes, writes the ring).
features is the fast path and runs in the show process. Only microphone imports PyAudio; nothing here imports torch.
"""
