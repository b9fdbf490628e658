"""The verbs of `python -m s2s`, one file per group. Each turns arguments into one call and prints what came of it.

Torch and whatever else takes time to import waits inside the functions that run, so that `--help` is instant.
"""
