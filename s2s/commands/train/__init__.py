"""`train STAGE`: from prepared data to one trained network.

verb holds the table of stages; common what all of them take; every other file one stage's options and its run.
"""
