"""Sound2Scene as a library: hear a sound, get a point of an image space, paint it. The show imports none of training.

    audio, images, video, film  files in and out; spectrogram: THE definition of a model's input
    container, mono             how FFmpeg opens a stranger's file, and how its sound becomes one channel
    folders, file_names, user   which files a folder holds, names of any length and bytes, where caches are
    models                      f_A, f_V, generators, discriminators, localizer: plain `nn.Module`s
    card, weights, bundle       a model as a folder without code; describe: in words
    embed, noise, generate      the paper's inference; manipulate, inversion, figures: its section 5
    retrieval, bench            nearest images and sounds; how fast this machine is
    published                   the authors' checkpoints -> a bundle
    world, data, selection      clips with a known truth, clips of any film, and which of their moments to learn from
    losses, training            the paper's objectives; one file a stage
    retrain                     a venue's evening -> a model that knows it, compared before it is played
    sheet, cells                what people look at
    pretrained                  the default model
    commands, __main__          `python -m s2s VERB`

Importing this package imports nothing else: `s2s.card` and `s2s.world.sounds` work without torch.
"""
