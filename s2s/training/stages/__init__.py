"""One file per stage of training: its settings, its step, and how a finished run is loaded.

image_encoder                 f_V, without labels
generator_light               G: reconstruction first, then a discriminator on frozen features
generator_icgan               G as published; batch_statistics: its batch norms measured anew
generator_validation          what both are validated with; trained_generator loads either
autoencoder, memory           pictures as small codes, and a generator that remembers them
localizer                     which moment shows what is heard
audio_encoder, sources        f_A; with heads that name what sounds
calibration, second_thing     how sure they may be, and when two things are heard; without training a network
judge, thing_judge            evaluation classifiers: for measuring alone
"""
