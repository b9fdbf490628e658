"""How a worker's host knows that it is well: by what it gets done, not by its being there. Pure; time is an argument.

back_off       how long to wait before a worker is started again
progress       whether that which it is there for goes on: what it did, against what it was asked for
memory_bound   whether it leaks
expectations   what is expected of capture and of inference, from what they say of themselves
vigil          one child watched: pulse, steps, progress and memory; what is wrong with it, in words
"""
