"""What a bug report needs, `--diagnose`: `probes` look at one thing each, `gathering` asks them all under a time limit,
`wording` puts what they found on a page without names of people or files.
"""
