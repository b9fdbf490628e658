"""Training, one file a stage over one loop; nothing here is used by the show.

loop (steps, logs, sheets, checkpoints, resume) drives image_encoder (f_V), generator and instance_gan (two recipes of
G; generators finds either again), audio_encoder (f_A) and judge; data (the prepared world) and recordings feed them
through views, conditions or instances (neighbours), diff_augment and hearing (a random microphone); ema, statistics,
painting and descent are the pieces they share; measure and assemble turn finished stages into a bundle.
"""
