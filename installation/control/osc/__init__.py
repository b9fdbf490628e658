"""OSC: `control` looks after threads and ports. What comes goes up this way.

ports       UDP and TCP; datagrams: many at a call; stream: packets of a stream; peers: answers
backlog     what has come, the newest of each; allowance: how much of it is read
messages    packets as messages; schedule: those of bundles for later
commands    what they say, done; patterns: which addresses that means
outputs     the same of where the picture lies; output_news: what has changed there
echo        subscribers are told
"""
