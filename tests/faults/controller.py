"""What goes wrong with a MIDI controller: somebody trips over its cable."""

import time
from pathlib import Path
from typing import Final

from tests.faults.watched_show import Measured, WatchedShow, fault
from tests.faults.workers import DEMO
from tests.midi_server import Controller, JackServer

_GAIN: Final = "/audio/gain"
_KNOB: Final = 7
_AWAY_S: Final = 3.0
_SERVER: Final = ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER")


def controller_pulled(folder: Path, model: Path) -> Measured:
    """Pull the controller that a preset's knobs are on, and plug it in again."""
    with JackServer() as jack:
        environment = {name: jack.environment[name] for name in _SERVER}
        arguments = (*DEMO, "--model", str(model), "--preset", "gallery", "--midi", "jack:knobs")
        with Controller(jack) as controller, WatchedShow(folder, *arguments, environment=environment) as show:
            _turn(controller, show, 0.0)
            with fault(show) as one:
                controller.unplug()
                one.said("no MIDI input for device 'knobs'")
                time.sleep(_AWAY_S)
                with Controller(jack) as again:
                    one.cured()
                    measured = one.recovered()
                    _turn(again, show, 24.0)
            show.end()
    return measured


def _turn(controller: Controller, show: WatchedShow, gain_db: float) -> None:
    """Turn the knob from one end to the other, as a hand does, until the gain has come along."""
    show.wait_until_well()
    position = round((gain_db + 60.0) / 84.0 * 127)

    def has_come_along() -> bool:
        for value in (0, 127, position):
            controller.control_change(_KNOB, value)
            time.sleep(0.1)
        return bool(abs(show.get(_GAIN) - gain_db) < 1.0)

    show.wait_until(has_come_along)
