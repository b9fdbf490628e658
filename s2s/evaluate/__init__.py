"""How good a model is, measured on what no stage was trained on.

trained_model                     finished stages as one model -> a bundle
held_out                          what it is measured on
model_metrics                     the numbers of its card; what the data do not allow is said in words
samples                           sheets for the eye
picture_metrics, thing_metrics    what classifiers say of painted pictures
size_regressor                    how large the thing in a picture is
curves                            how runs went
selection_hits                    how often selected moments are right
realism, sound_classifier         how real the world sounds
hearing                           loud, soft, in halls, unknown things, two at once: a room of its own
heard_pictures                    what the show paints of many sounds
figures, claims                   the paper's figures; what its section 5 claims, as numbers: rooms of their own
report                            the numbers as data, as JSON and as a page: a room of its own
comparison                        an old model against a new one
evaluation, identity, full_report a whole report on a model, gone on with after a kill
metrics                           what is measured for it, each registered once: a room of its own
paper                             the paper's tables
made_evening                      films of a venue with known moments; evening_score, evening_sound, evening_recordings,
                                  photographed: what it is made of
miniature                         the whole pipeline in small
"""
