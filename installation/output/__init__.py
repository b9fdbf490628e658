"""Where the picture goes: a surface that is drawn on (`window` or `headless`, one protocol in `surface`), and what
takes the finished picture besides (`recording`, `snapshot`, `thumbnail`, and the `senders` to other programs).

Everything runs on the show's main thread, but for a recorder's own thread that encodes, and each sender's.
"""
