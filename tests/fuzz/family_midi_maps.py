"""Maps of controllers: files of the venue's folder, which other people's controllers brought along."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import yaml

from installation.control.midi.store import SHIPPED, MapStore, read_map
from tests.fuzz.documents import yaml_of
from tests.fuzz.family import BrokenPromiseError, Family

MAP: Final[list[dict[str, Any]]] = [
    {"cc": 7, "to": "/audio/gain"},
    {"cc": 1, "to": "/latent/blend", "bits": 14, "takeover": "pickup"},
    {"nrpn": 130, "to": "/latent/glide"},
    {"pitch": 2, "to": "/latent/edit", "channel": 2},
    {"note": 60, "to": "/show/blackout", "press": "toggle"},
    {"program": "any", "to": "/show/preset"},
    {"cc": 20, "to": "/audio/gate", "relative": "twos-complement", "acceleration": 4},
    {"note": 61, "to": "/show/preset", "value": "gallery"},
]
_DOCUMENTS: Final = ({"device": "A Controller", "takeover": "scale", "feedback": False, "map": MAP}, {"map": MAP[:2]})
_KEYS: Final = (
    "device",
    "takeover",
    "feedback",
    "map",
    "cc",
    "note",
    "to",
    "value",
    "bits",
    "relative",
    "press",
    "channel",
)
_VALUES: Final = ("pickup", "any", "velocity", "toggle", 14, 7, "signed bit", "/show/preset", "/show/cue", True)


def _seeds(_folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in SHIPPED.glob("*.yaml")] + [yaml.safe_dump(one).encode() for one in _DOCUMENTS]


@contextmanager
def _opened(folder: Path) -> Iterator[Callable[[bytes], None]]:
    path, store = folder / "a.yaml", MapStore(folder / "kept")

    def read(content: bytes) -> None:
        path.write_bytes(content)
        found = read_map(path)
        if "\n" in found.problem or len(found.problem) > 500:
            raise BrokenPromiseError(f"a problem that is no line: {found.problem[:600]!r}")
        if not found.is_refused:  # what was read can be kept, and is the same afterwards
            store.write(found)
            again = read_map(store.path(found.device))
            if again.bindings != found.bindings:
                raise BrokenPromiseError(f"what was kept is another map: {again.problem[:300]!r}")

    yield read


MIDI_MAPS: Final = Family(
    "midi-maps",
    _seeds,
    lambda _seeds: yaml_of(_DOCUMENTS, _KEYS, _VALUES),
    _opened,
    words=(b"map:", b"cc: "),
    share=130,
)
