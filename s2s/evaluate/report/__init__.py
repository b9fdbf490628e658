"""What was measured of a model, as data, as JSON, and as one page for the eye.

model                              metrics, tables, figures, claims: the report itself -> report.json
numbers, words                     how numbers are written; what they say in words
compare                            two reports side by side: differences, and whether intervals part
page                               all of it -> report.html; report.css is how it looks
cells, tables, claim_list          one part of the page each
figures, curve_plots, about        the same
comparison                         the same
"""
