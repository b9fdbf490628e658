"""What happens when: cues and playlist, opening hours.

cue_list    the venue's cues and playlist as their file says; playlist: in which order
player      which cue is shown and which comes when; deeds: goes there; status: told to all
schedule    opening hours; schedule_deeds: fade up and to black
times_of_day  times as people write them
"""
