"""How good a model is, measured on what no stage was trained on.

picture_metrics, thing_metrics    what classifiers say of painted pictures
size_regressor                    how large the thing in a picture is
assemble                          finished stages -> metrics and a bundle
ablation, curves                  the paper's table 2; how runs went
selection_hits                    how often selected moments are right
realism, sound_classifier         how real the world sounds
comparison                        an old model against a new one
miniature                         the whole pipeline in small
"""
