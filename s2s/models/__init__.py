"""Networks as plain `nn.Module`s, shapes asserted at the door; `registry` builds each from its sizes on a card.

audio_encoder (f_A), streaming_audio_encoder (the same over running sound), source_heads, second_thing and namer (what
sounds, what beside it, and a network that hears names alone), image_encoder (what every f_V is, and ours), swav (the
published f_V), generator (what every generator is), light_generator (ours, for few cores), biggan and
biggan_discriminator (the published IC-GAN pair, with spectral and attention), discriminator (on frozen f_V), localizer
(which moments show what is heard), judge (a classifier, to measure with). For inference on a CPU: biggan_inference (the
same pictures for a third of the arithmetic) on phase_split_conv (fewer multiplications) and packed_matmul (by oneDNN).
"""
