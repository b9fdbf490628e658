"""What the show keeps of itself, and what it tells those who watch over it.

    secrets          takes tokens, keys and pass phrases out of a line
    json_lines       a record of the log as one line of JSON; which records are kept at all
    rotated          a file that is bounded: it is closed at a size, and the oldest goes
    keeping          the log of a process in the venue's `logs/`: the show's, and each worker's
    history          events as lines of a file, kept across runs
    chronicle        the control surface that keeps them while the show runs
    retention        films and pictures that are too old, where that was asked for
    exposition       Prometheus' text format, written and read
    figures          the show's status as metrics
    measuring        what of it only the running show has counted

Nothing here may cost the show anything: what cannot be written is one line on the terminal.
"""
