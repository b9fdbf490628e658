"""An evening at the venue -> a model that knows it: prepare, select, train, compare, promote. Not for the show.

times, venue     when something was recorded; what lies in the folder, and which photographs go with which sound
photos           films' clips and pieces of sound with their photographs as one `ClipSource`
layout           what lies where in OUT, what it was begun with, what `--forget` takes away
evening          the folder -> pairs and held-out frames, computed once
teach            the audio encoder, and the generator, go on from where the old model is
mix              how far from its old weights to the new ones f_A goes
compare          old against new on held-out recordings: one score, its interval, one of three words
candidate        the new bundle, its card and thumbnail
page             before and after, as one HTML file
promote          candidate, model, previous: renaming, and one step back
run              all of it in order; the verb is `s2s.commands.retrain`
"""
