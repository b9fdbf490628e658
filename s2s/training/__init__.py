"""Training; nothing here is used by the show.

    engine     what every stage runs on: loop, devices, ranks, checkpoints
    inputs     what stages train on, computed once
    augment    random changes of it
    losses     what is minimised
    stages     one file per stage: f_V, G by two recipes, the localizer, f_A, evaluation classifiers

Arrows point downward: stages -> {losses, augment, inputs} -> engine.
"""
