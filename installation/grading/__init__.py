"""Grading by the files that colourists pass on.

cube_file   what a `.cube` file says, checked
"""
