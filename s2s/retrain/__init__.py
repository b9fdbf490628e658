"""An evening at the venue -> a model that knows it: prepare, select, train, compare, promote. Not for the show.

times, venue     when something was recorded; what lies in the folder, and which photographs go with which sound
photos           films' clips and pieces of sound with their photographs as one `ClipSource`
budget           how long all of it may take, and each stage of what is left
stages           what it says while it works, and what does not fit the time
amount           how much of a long evening is read
layout           what lies where in OUT, what it was begun with, what `--forget` takes away
moments          which moment of every clip is learnt from
dataset          the folder -> pairs and held-out frames, computed once
heard            what f_A and its heads make of sounds before their last layers, which alone are taught
rehearsal        the world's sounds, heard again so that they stay where they were, and what is left of them
layer, closed_form, contrast, teaching   one last layer: what it is taught with, ridge regression, then contrast
interpolate      how far from its old weights to the new ones f_A goes (WiSE-FT)
whole            how much of the whole sound is in what is painted of a named thing
familiar         the heads know the place's sounds, and are sure of what is like them
finetune         the audio encoder and its heads go on from where the old model is
painters         which generator can be taught: light_painter goes on as it was trained;
                 place_pictures, place_painter: the evening's pictures become moments of a memory
judging          what the held-out sounds find by one model
place_frames     what the place looked like at the chosen moments; memory: that, into the new bundle
candidate        the new bundle, its card and thumbnail; `s2s.evaluate.comparison` compares it with the old one
page             before and after, as one HTML file
promote          candidate, model, previous: renaming, and one step back
run              all of it in order; the verb is `s2s.commands.retrain`
"""
