"""A preset as the show knows it, and what going to it sets. Pure; its file is the business of `reading`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from installation.exit_codes import ExitCode
from installation.grading.cube_file import Cube
from installation.isf.header import IsfValue
from installation.isf.inputs import IsfSettings
from installation.modulation import Route
from installation.parameter import Kind
from installation.parameters import DEEDS, DEFAULTS, PARAMETERS
from installation.values import ParameterValue

_SCREEN: Final = "/render/delay"
"""What belongs to the screen and not to the look: another preset leaves it as it is."""


class PresetError(ValueError):
    """A preset that cannot be found, read or used; the message is one line."""

    exit_code: Final = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Preset:
    """A checked preset. Times are seconds, amounts in each parameter's unit; `image` is absolute."""

    name: str
    description: str
    path: Path
    source: str
    model: str
    image: Path | None
    fullscreen: bool
    parameters: Mapping[str, ParameterValue]
    routes: tuple[Route, ...]
    passes: tuple[str, ...]
    midi_device: str
    midi_clock: str
    midi_map: tuple[Mapping[str, Any], ...]
    midi_takeover: str = "jump"
    midi_feedback: bool = True
    page_view: Literal["none", "open", "token"] = "none"
    limits_flashes: bool = True
    lut: Cube | None = None
    isf: IsfSettings = field(default_factory=dict)
    """The inputs of ISF passes, by pass and input."""

    def as_document(self) -> dict[str, Any]:
        """Return the resolved preset with the file's own keys, ready for YAML."""
        return {
            "name": self.name,
            "description": self.description,
            "source": self.source,
            "model": self.model,
            "image": None if self.image is None else str(self.image),
            **({} if self.lut is None else {"lut": str(self.lut.path)}),
            "window": "fullscreen" if self.fullscreen else "windowed",
            "parameters": dict(self.parameters),
            "modulation": [
                {"from": r.feature, "to": r.address, "amount": r.amount, "attack": r.attack_s, "release": r.release_s}
                for r in self.routes
            ],
            "passes": list(self.passes),
            **({"isf": {name: _plain_isf(values) for name, values in self.isf.items()}} if self.isf else {}),
            "midi": {
                "device": self.midi_device,
                "clock": self.midi_clock,
                **({} if self.midi_takeover == "jump" else {"takeover": self.midi_takeover}),
                **({} if self.midi_feedback else {"feedback": False}),
                "map": [dict(entry) for entry in self.midi_map],
            },
            "page": {"view": self.page_view},
            "safety": {"flashes": self.limits_flashes},
        }


LOOK: Final = tuple(
    address for address in DEFAULTS if address.startswith(("/latent/", "/render/")) and address != _SCREEN
)
"""What every preset sets, named in it or not."""


_SWITCHES: Final = frozenset(
    row.address
    for row in PARAMETERS.values()
    if row.group == "show" and row.kind is Kind.BOOL and row.address not in DEEDS
)


def preset_values(preset: Preset) -> dict[str, ParameterValue]:
    """Return all values that going to `preset` sets: the look and the motion as a whole, the rest only where named.

    What a preset leaves out of `/latent/` and `/render/` returns to its default, so that a preset looks the same
    whichever came before it; gain, the delays of the room and the show's switches stay in the operator's hands.
    """
    return {**{address: DEFAULTS[address] for address in LOOK}, **preset.parameters}


def switched_back(
    leaving: Preset, coming: Mapping[str, ParameterValue], standing: Callable[[str], ParameterValue]
) -> dict[str, ParameterValue]:
    """Return the show's switches that `leaving` has turned, nobody since, and that `coming` does not name, at rest.

    Or the numbers that are shown for a rehearsal would lie over every look after it. `standing` tells what counts now.
    """
    turned = {a: v for a, v in leaving.parameters.items() if a in _SWITCHES and a not in coming and v != DEFAULTS[a]}
    return {address: DEFAULTS[address] for address, value in turned.items() if standing(address) == value}


def _plain_isf(values: Mapping[str, IsfValue]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
