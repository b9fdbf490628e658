"""Maps that are kept by the name of their device: what was learnt, in the venue's folder, and what ships with the show.

YAML, read within bounds, written whole or not at all. Everything here may wait for a disk: never call it on the show's
thread.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import yaml

from installation.control.bindings import Binding
from installation.control.midi.map import MidiMapError, Usual, read_entry
from installation.control.midi.names import file_stem
from installation.control.midi.takeover import Takeover
from installation.parameters import nearest
from s2s.files.atomic_write import write_text
from s2s.files.document import Bounds, DocumentError, read_yaml
from s2s.files.quote import one_line, quoted

SHIPPED: Final = Path(__file__).with_name("maps")
_BOUNDS: Final = Bounds(bytes=131_072, levels=8, values=12_000)
_KEYS: Final = ("device", "takeover", "feedback", "map")
_MOST_ENTRIES: Final = 1_000
_HEAD: Final = "# What this controller was taught; read when it is plugged in. Its keys: presets/README.md, MIDI.\n"


@dataclass(frozen=True, slots=True)
class DeviceMap:
    """The map of one device. `unusable` are entries of its file that this program cannot use and that stay there;
    `problem` says in one line why, or why the file could not be read at all (`is_refused`).
    """

    device: str = ""
    bindings: tuple[Binding, ...] = ()
    usual: Usual = field(default_factory=Usual)
    unusable: tuple[object, ...] = ()
    problem: str = ""
    is_refused: bool = False

    def learnt(self, binding: Binding) -> "DeviceMap":
        """Return the map with `binding`, in the place of whatever its control did before."""
        kept = tuple(other for other in self.bindings if not other.shares_control(binding))
        return replace(self, bindings=(*kept, binding))

    def forgotten(self, words: str) -> "DeviceMap":
        """Return the map without the control that is called `words`, or all that move the address `words`."""
        kept = tuple(other for other in self.bindings if words not in (other.control, other.address))
        return replace(self, bindings=kept)

    def document(self) -> dict[str, Any]:
        """Return the map as its file holds it."""
        usual = self.usual
        entries = [_without_usual(binding.entry(), usual) for binding in self.bindings]
        document: dict[str, Any] = {"device": self.device, "takeover": str(usual.takeover)}
        if not usual.feedback:
            document["feedback"] = False
        return {**document, "map": [*entries, *self.unusable]}


class MapStore:
    """The maps of `folder`, a file a device."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, device: str) -> Path:
        """Return the file that a device's map has, or would have."""
        return self.folder / f"{file_stem(device)}.yaml"

    def read(self, device: str) -> DeviceMap:
        """Return what `device` was taught; nothing where it was taught nothing. Raises nothing."""
        path = self.path(device)
        try:
            there = path.is_file()
        except OSError:
            there = False
        return replace(read_map(path), device=device) if there else DeviceMap(device)

    def write(self, learnt: DeviceMap) -> None:
        """Keep what a device was taught. A file that could not be read is laid aside. Raises OSError."""
        path = self.path(learnt.device)
        path.parent.mkdir(parents=True, exist_ok=True)
        if learnt.is_refused and path.exists():
            path.replace(path.with_suffix(".refused"))
        text = yaml.safe_dump(
            learnt.document(), sort_keys=False, allow_unicode=True, default_flow_style=None, width=120
        )
        write_text(path, _HEAD + text, durable=True)


def shipped_map(device: str, folder: Path = SHIPPED) -> DeviceMap:
    """Return the map that ships for `device`, that of the longest name in its name; an empty one for none."""
    fitting = [known for known in _maps_of(folder) if known.device and known.device.casefold() in device.casefold()]
    return max(fitting, key=lambda known: len(known.device), default=DeviceMap())


def read_map(path: Path) -> DeviceMap:
    """Return the map of one file. Raises nothing: `problem` says what is wrong with it, in one line."""
    try:
        raw = read_yaml(path, _BOUNDS)
        return _checked(raw, one_line(path.name))
    except (DocumentError, MidiMapError) as error:
        return DeviceMap(problem=f"{one_line(path.name)}: {error}", is_refused=True)


def _checked(raw: object, name: str) -> DeviceMap:
    if not isinstance(raw, Mapping):
        raise MidiMapError(f"a map is a YAML mapping with the key map, got {quoted(raw)}")
    for key in raw:
        if key not in _KEYS:
            raise MidiMapError(f"unknown key {quoted(key)}{nearest(str(key), _KEYS)}")
    takeover, feedback = raw.get("takeover", str(Takeover.JUMP)), raw.get("feedback", True)
    if takeover not in tuple(Takeover):
        raise MidiMapError(f"takeover takes {' | '.join(Takeover)}, got {quoted(takeover)}")
    if not isinstance(feedback, bool):
        raise MidiMapError(f"feedback takes true or false, got {quoted(feedback)}")
    entries = raw.get("map", [])
    if not isinstance(entries, list) or len(entries) > _MOST_ENTRIES:
        raise MidiMapError(f"map takes a list of at most {_MOST_ENTRIES} entries, got {quoted(entries)}")
    return _read_entries(str(raw.get("device", "")), entries, Usual(Takeover(takeover), feedback), name)


def _read_entries(device: str, entries: list[object], usual: Usual, name: str) -> DeviceMap:
    bindings: list[Binding] = []
    unusable: list[object] = []
    problem = ""
    for index, entry in enumerate(entries):
        try:
            bindings.append(read_entry(f"map[{index}]", entry, usual))
        except MidiMapError as error:  # written by a later version, perhaps: the others are good
            unusable.append(entry)
            problem = problem or f"{name}: {error}"
    return DeviceMap(device, tuple(bindings), usual, tuple(unusable), problem)


def _without_usual(entry: dict[str, Any], usual: Usual) -> dict[str, Any]:
    """Return an entry without what its map says for all, and with what it says against that."""
    takeover = entry.pop("takeover", str(Takeover.JUMP))
    stands = not {"cc", "nrpn", "pitch"}.isdisjoint(entry) and "relative" not in entry
    if stands and takeover != usual.takeover:
        entry["takeover"] = takeover
    feedback = entry.pop("feedback", True)
    if feedback != usual.feedback:
        entry["feedback"] = feedback
    return entry


def _maps_of(folder: Path) -> Iterator[DeviceMap]:
    try:
        paths = sorted(folder.glob("*.yaml"))
    except OSError:
        return
    for path in paths:
        yield read_map(path)
