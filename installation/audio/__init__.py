"""Sound in: from devices, the network, files and the built-in performance into the shared ring; and its fast analysis.

microphone (alone imports PyAudio), osc_pcm (jitter), file, performance (prepared) -> resample -> failover (opening:
falls back, retries) -> seam (sources cross) -> capture (the core of the capture process: mixing, then the ring).
source and devices are names.
features (following) is the fast path and runs in the show process. Nothing here imports torch.
"""
