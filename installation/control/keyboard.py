"""The keys of the show window, as updates for the desk. Pure: the window turns its key codes into these names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from installation.desk import Desk
from installation.parameters import parameter

ORIGIN: Final = "keyboard"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what it does in the operator's words, and how."""

    name: str
    does: str
    act: Callable[[Desk], None]


def _toggle(address: str) -> Callable[[Desk], None]:
    return lambda desk: desk.post(address, not desk.get(address), ORIGIN)


def _fire(address: str) -> Callable[[Desk], None]:
    return lambda desk: desk.post(address, True, ORIGIN)


def _step(address: str, step: float) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        row = parameter(address)
        # Rounded, so that twenty steps of 0.05 end at 1 and not beside it.
        desk.post(address, row.clamp(round(float(desk.get(address)) + step, 6)), ORIGIN)

    return act


KEYS: Final = (
    Key("b", "blackout and back", _toggle("/show/blackout")),
    Key("f", "freeze the picture and go on", _toggle("/show/freeze")),
    Key("space", "hold the latent and let it go", _toggle("/latent/hold")),
    Key("h", "show or hide the numbers over the picture", _toggle("/show/hud")),
    Key("t", "tap the beat: from the third tap on that is the tempo", _fire("/audio/tap")),
    Key("up", "gain up 1 dB", _step("/audio/gain", 1.0)),
    Key("down", "gain down 1 dB", _step("/audio/gain", -1.0)),
    Key("right", "blend 0.05 towards the preset's image", _step("/latent/blend", 0.05)),
    Key("left", "blend 0.05 towards the sound", _step("/latent/blend", -0.05)),
)

_BY_NAME: Final = {key.name: key for key in KEYS}
_MAX_PRESETS: Final = 9

HELP: Final = "\n".join(f"{key.name:>7}  {key.does}" for key in KEYS) + "\n   1..9  go to a preset"
"""What the keys do, a line each."""


class Keyboard:
    """Presses keys on `desk`; the digits go to the first nine of `presets`."""

    def __init__(self, desk: Desk, presets: Sequence[str] = ()) -> None:
        self._desk = desk
        self._presets = {str(number): name for number, name in enumerate(presets[:_MAX_PRESETS], start=1)}

    def press(self, name: str) -> bool:
        """Do what the key `name` does; return False when it does nothing here (`escape` belongs to the window)."""
        if name in self._presets:
            self._desk.post("/show/preset", self._presets[name], ORIGIN)
        elif name in _BY_NAME:
            _BY_NAME[name].act(self._desk)
        else:
            return False
        return True
