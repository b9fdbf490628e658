"""Training, one file a stage over one loop; nothing here is used by the show.

loop                        steps, validation, best and last; on stage (what it drives), turn (chance by step),
                            rig (device, format, ranks), collective, checkpoint and log
image_encoder               f_V, through views
generator, instance_gan     two recipes of G, through conditions or instances (neighbours), diff_augment, ema,
                            statistics, painting and frechet; generators finds either again
autoencoder, memory         pictures as small codes, and a generator that remembers them
localizer                   which moment shows what is heard, through moment_hearing and moment_losses
audio_encoder               f_A, through hearing (a random microphone)
thing_judge, things         names a painting by its thing, and finds it; thing_measure asks it about any bundle
judge, ruler                name and size what is painted: for measuring alone
data, pictures              the world's takes, and pictures of any source decoded once
pairs, pair_sources         spectrograms and f_V's features computed once, by features; recordings
measure, assemble, curves   finished stages -> numbers and a bundle, and how they learnt
miniature, ablation         all of it in small; the paper's table 2
"""
