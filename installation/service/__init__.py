"""What keeps a show running where nobody watches: after a crash, a hang, a power cut, an update.

notify          tells systemd, or a parent of our own, that the show is ready, alive, ending (`sd_notify`)
watchdog        the control surface that does so as long as pictures are shown
listening       the other end, where the parent of our own hears it
limits          when a show is restarted, how soon, and when not: the same rules for both
processes       groups of processes, and what Linux does with orphans
parent          `--supervise`: the parent of our own
unit, kiosk     the text of a systemd unit; how a machine comes up with the show on its screen
install         `--install-service`, `--uninstall-service`
last_shown      what was shown last, and is again after a power cut; `remembering` keeps it while the show runs
attachment      these two surfaces, given to a show
check, trial    `--check`: a line for each thing that a show needs; a second of the show itself
versions        `--update`, `--rollback`: a new version beside the old one
command_line    which of these a command line asks for
"""
