"""Sound2Scene as a library: hear a sound, get a point of an image space, paint it. The show imports none of training.

    spectrogram                 THE definition of a model's input; `spectrogram_spec`: its constants, without torch;
                                `clip_levels`: how loud that is; `mel_bands`: that in bands, by which names are heard
    rates                       of sound and of frames
    card, bundle                a model as a folder without code; `weight_headers`: its files before they are loaded;
                                `describe`: in words; `place_memory`: a place's own frames in it
    media                       sound, images and films in and out; montages
    files                       which files a folder holds, names of any length and bytes, writing, caches
    models                      f_A, f_V, generators, discriminators, localizer, evaluation classifiers: `nn.Module`s
    sampling                    the paper's inference and the manipulations of its section 5; inversion, figures
    published                   the authors' checkpoints -> a bundle
    data                        films of any kind, VGGSound, VEGAS -> clips to train on
    world                       clips with a known truth: scenes, their sounds and pictures
    selection                   which moments of a clip to learn from
    training                    all stages, over one loop
    metrics, evaluate           numbers about predictions; finished stages -> what is measured, and a bundle
    retrain                     a venue's evening -> a model that knows it, compared before it is played
    study                       people asked which pictures fit a sound; scores as table 1 (b)
    serving                     local pages and who may ask for them
    retrieval, bench            nearest images and sounds; how fast this machine is
    pretrained                  the default model
    examples                    a sound to try it with
    commands, __main__          `python -m s2s VERB`

Words: z is noise, h a point of the image space (z_A, z_V in the paper), f_A and f_V what leads there from sound and
image, G and D generator and discriminator. A *take* is one drawing of a scene of the world, a *moment* a frame of a
clip with its sound, a *pair* a moment as f_A learns from it, a *judge* a classifier for evaluation alone.

Importing this package imports nothing else: `s2s.card` and `s2s.world.sounds` work without torch.
"""
