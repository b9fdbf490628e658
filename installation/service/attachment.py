"""Gives a show what tells others that it lives, and what remembers how it looked."""

from functools import partial

from installation.metering import Meter
from installation.options import ShowConfig
from installation.service.last_shown import is_kept, name_of
from installation.service.notify import notifier
from installation.service.remembering import Remembering
from installation.service.watchdog import STARTING, Watchdog
from installation.show import Show
from installation.show_parts import Parts


def watch_over(config: ShowConfig, parts: Parts, show: Show) -> None:
    """Add to the control surfaces of `parts`, before they are started, what this run asks for."""
    if notifier().is_heard:
        words = partial(_words, show, parts.meter)
        parts.controls["watchdog"] = Watchdog(notifier(), lambda: parts.meter.frames, words)
    if is_kept(config.arguments.resume):
        parts.controls["last shown"] = Remembering(
            parts.desk,
            config.venue.last_shown,
            config.arguments.preset,
            preset=lambda: show.preset,
            name_of=lambda preset: name_of(preset, config.venue),
            by_hand=lambda: parts.models.chosen is not None,
            model=config.resumed_model,
        )


def _words(show: Show, meter: Meter) -> str:
    if meter.living_picture_s is None:
        return STARTING
    status = show.status()
    reasons = "; ".join(f"{part}: {why}" for part, why in status.reasons.items())
    return f"{status.condition}: {reasons or status.preset}"
