"""How fast the models are on this machine: cases (what is measured) and training (a step of it) beside baselines (the
published arithmetic), measuring (turn by turn, medians). `python -m s2s bench` prints it.
"""
