"""Which moments of a clip show what is heard: scores, top-k, baselines, and how often they are right. Not for the show.

bands           sound -> log-mel bands, ten columns a step: what the localizer hears
features        f_V's maps of a few moments a clip, kept on disk: what the localizer is trained on
selectors       a score for every frame: localizer, self-training, middle, random, loudest
select          top-k of many clips, kept line by line, shared between ranks
sheet           the selected frame beside the middle one (figure 3)
measure         how often the top frame shows what sounds, where the truth is known

The network is `s2s.models.localizer`, its training `s2s.training.stages.localizer`, the verb `s2s.commands.select`.
"""
