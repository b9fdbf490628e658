"""How well a bundle hears: known things loud and soft and in halls, unknown ones, two at once, and how sure it is.

sounds, mixes             what is played to it
halls                     rooms that it is played in
ears                      what it makes of that, for bundles with source heads and without
intervals                 shares with their 95 % intervals, by recording
known_or_not              how well a score tells unknown sounds from known ones (ROC)
reliability               how far certainty can be believed
scenes, unknown, two      one part of the report each
nearness                  what only the world's takes can answer: nearness and hour
report                    all parts
plots, page               for the eye
"""
