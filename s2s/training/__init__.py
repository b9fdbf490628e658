"""Training, one file a stage over one loop; nothing here is used by the show.

loop (steps, logs, sheets, checkpoints, resume) drives image_encoder (f_V), generator, audio_encoder (f_A) and judge;
data (the prepared world) and recordings feed them through views, conditions (neighbours) and hearing (a random
microphone); ema and descent are the pieces they share; measure and assemble turn finished stages into a bundle.
"""
