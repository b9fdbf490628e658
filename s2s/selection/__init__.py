"""Which moments of a clip show what is heard: scores, top-k, baselines. Nothing here is used by the show.

selectors        a score for every frame: localizer, self-training, middle, random, loudest
sounding         when something sounds in a clip, and how new it is
combined         what is new in the sound, what is seen then, and whether the two agree
consensus        what the clips of an evening say of each other; `retrain` chooses by both
select           top-k of many clips, kept line by line, shared between ranks
selection_sheet  the selected frame beside the middle one (figure 3)

The network is `s2s.models.localizer`; `s2s.training.stages.localizer` trains it on `s2s.training.inputs.moments`,
and `s2s.evaluate.selection_hits` says how often the top frame shows what sounds. The verb is `s2s.commands.select`.
"""
