"""Sound2Scene as a library: hear a sound, get a point of an image space, paint it. The show imports none of training.

    audio, spectrogram          any sound file -> 16 kHz mono -> THE definition of a model's input
    models                      f_A, f_V, generators, discriminators, the judge: plain `nn.Module`s
    card, bundle                a model as a folder without code
    importing                   the published checkpoints -> a bundle (checkpoint, published and its neighbours)
    world                       the synthetic world: scenes, their sounds, their pictures, one hidden state
    losses, training            the paper's objectives; one file a stage
    pretrained                  the default model
    __main__                    `python -m s2s VERB`

Importing this package imports nothing else: `s2s.card` and `s2s.world.sounds` work without torch.
"""
