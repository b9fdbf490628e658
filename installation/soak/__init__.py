"""`--soak HOURS`: the real program, driven for hours with all that changes in weeks, and what became of its figures.

    plan             what is done to the show and when, from a seed
    stage            the folder in which it is done: a venue's presets, a second model, sounds
    deeds            the hands: over the page's REST, OSC, signals, files
    processes        what the system says of each process: memory, handles, threads, shared memory, temporary files
    sampling         what the show says of itself on `/metrics`, as rates and percentiles of the last seconds
    series           figures over time, in stretches between the starts of a process
    trend            the slope of a figure and how sure it is
    judgement        which figures hold; a failure names the figure
    driving          the run: start, deeds, samples, end
    page, plots      the page with the plots, a file that needs nothing else
    command          from the command line to the exit code

Nothing of it runs inside the show that is measured: that one is started by `run_show.py` like any other.
"""
