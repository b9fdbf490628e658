"""The session log: what an evening's pictures were drawn from, turn by turn, so that it can be drawn again.

    header           what does not change in an evening, as `session.json`
    entries          the kinds of things that a log holds; turns as what changed since the one before
    latents          vectors that glide, as what changed: a third of their size
    blocks           the file: checked, compressed pieces of a second; what was cut off plays up to there
    fingerprint      which model, which sound
    writing          the thread that writes, and when it gives up
    sound            the sound itself, where that is allowed, as FLAC files of ten seconds
    place            the folder of sessions: a new one's name, the newest, those that are too old
    tap              the renderer that tells what it was asked to draw
    log              `--log` and `/show/log`: begins and ends logs, tells how they go
    reading          a log, checked, as turns
    replayed         the renderer that draws what a log says
    soundtrack       the sound of a log's film

`installation.offline_session` makes the film. Nothing is written unless somebody asked for it.
"""
