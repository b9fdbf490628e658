"""What was shown last, kept in the venue's folder, so that a machine shows the same again after a power cut.

Kept and restored where a show is watched over, by systemd or `--supervise`, or told to (`--resume`); never where it is
told not to (`--fresh`). A blackout, a frozen picture and a recording are not kept: a venue that is switched on wants to
be seen. Raises nothing into a show: a file that cannot be used costs a line.
"""

import dataclasses
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from installation.options import OptionError, ShowConfig, resolve
from installation.parameter import Kind, ParameterError
from installation.parameters import DEEDS, PARAMETERS, parameter
from installation.presets.naming import PRESET_FOLDER, find_named
from installation.presets.preset import Preset, PresetError
from installation.service.notify import notifier
from installation.values import ParameterValue
from installation.venue import Venue
from s2s.files.atomic_write import atomic_path
from s2s.files.document import Bounds, DocumentError, parse_json
from s2s.files.quote import one_line

log = logging.getLogger(__name__)

_FORMAT: Final = 1
_BOUNDS: Final = Bounds(bytes=65_536, levels=4, values=1_000)
_OF_THE_SHOW: Final = ("/show/morph", "/show/easing", "/show/playlist", "/show/lock")
_NOT_KEPT: Final = ("/audio/tap",)

KEPT: Final = tuple(
    row.address
    for row in PARAMETERS.values()
    if row.kind is not Kind.TRIGGER
    and row.address not in _NOT_KEPT
    and (row.address in _OF_THE_SHOW or (row.group != "show" and row.address not in DEEDS))
)
"""The parameters that are kept."""


@dataclass(frozen=True, slots=True)
class LastShown:
    """What a show that was `asked` for on its command line had come to: a preset, by its name or its file, the model
    that a hand went to (empty: the preset's own), and the values of the parameters in `KEPT`.
    """

    asked: str
    preset: str
    model: str
    values: Mapping[str, ParameterValue]

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Return what `path` holds, None where there is no such file, or only a part of one."""
        try:
            with path.open("rb") as file:
                document = parse_json(file.read(_BOUNDS.bytes + 1), _BOUNDS)
            return cls._checked(document)
        except FileNotFoundError:
            return None
        except (OSError, DocumentError, ParameterError, TypeError) as error:
            log.warning("%s cannot be used (%s): the show begins as it was started", path.name, one_line(error))
            return None

    @classmethod
    def _checked(cls, document: object) -> Self:
        if not isinstance(document, dict) or document.get("format") != _FORMAT:
            raise TypeError(f"expected a map with format: {_FORMAT}")
        texts = [document.get(name) for name in ("asked", "preset", "model")]
        values = document.get("values")
        if not isinstance(values, dict) or not all(isinstance(text, str) for text in texts):
            raise TypeError("expected the texts asked, preset and model, and the map values")
        asked, preset, model = map(str, texts)
        known = {address: value for address, value in values.items() if address in KEPT}  # of this version
        return cls(asked, preset, model, {address: parameter(address).check(value) for address, value in known.items()})

    def write(self, path: Path) -> None:
        """Keep it, whole or not at all, on the disk before it counts. Raises OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        texts = {"asked": self.asked, "preset": self.preset, "model": self.model}
        document: dict[str, Any] = {"format": _FORMAT, **texts, "values": dict(self.values)}
        with atomic_path(path, durable=True) as partial:
            partial.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def is_kept(resume: bool | None) -> bool:
    """Return whether a show keeps what it shows, and begins with it: as `--resume` or `--fresh` say, else where
    somebody watches over it.
    """
    return notifier().is_heard if resume is None else resume


def resumed(config: ShowConfig) -> ShowConfig:
    """Return the run with what was shown last, where that is wanted and was kept of a show started for the same preset.

    Whoever names another preset on the command line sees that one.
    """
    arguments = config.arguments
    last = LastShown.read(config.venue.last_shown) if is_kept(arguments.resume) else None
    if last is None or last.asked != arguments.preset:
        return config
    try:
        again = resolve(dataclasses.replace(arguments, preset=last.preset))
    except (PresetError, OptionError) as error:
        log.warning("what was shown last cannot be: %s", error)
        return config
    log.info("as it was shown last: preset %s (--fresh: as it was started)", again.preset.name)
    return dataclasses.replace(again, arguments=arguments, resumed_model=last.model, resumed=last.values)


def name_of(preset: Preset, venue: Venue) -> str:
    """Return how `preset` is found again: by its name, also after an update of the program, else by its file."""
    name = preset.path.stem
    try:
        found = find_named(name, (venue.presets, PRESET_FOLDER)).resolve()
    except (PresetError, OSError):
        return str(preset.path)
    return name if found == preset.path.resolve() else str(preset.path)
