"""Grading by the files that colourists pass on.

cube_file    what a `.cube` file says, checked
film_look    the grading of a film print, and how such a file is written
mood_looks   those of two presets: moonlight, and ink on paper
"""
