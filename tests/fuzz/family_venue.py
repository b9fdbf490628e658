"""The YAML files of a venue: presets, cues, opening hours, outputs, what is sent where; and plain documents."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import yaml
from hypothesis import strategies as st

from installation.cues.cue_list import CueError, read_cues
from installation.cues.schedule import ScheduleError, read_schedule
from installation.output.senders.listing import listed_targets
from installation.output.senders.target import TargetError, parse_targets
from installation.outputs.layout import LayoutError, layout_document, parse_layout, read_layout
from installation.outputs.store import layout_text
from installation.parameters import DEFAULTS
from installation.presets.document import preset_text, shown_as_preset
from installation.presets.naming import PRESET_FOLDER
from installation.presets.preset import PresetError, preset_values
from installation.presets.reading import read_preset
from s2s.files.document import DocumentError, parse_json, parse_yaml
from tests.fuzz.documents import json_of, yaml_of
from tests.fuzz.family import BrokenPromiseError, Family, Reader

_NOON: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
_PRESETS: Final = tuple(path.read_bytes() for path in sorted(PRESET_FOLDER.glob("*.yaml")))
_PRESET_KEYS: Final = (
    "name",
    "description",
    "source",
    "model",
    "image",
    "lut",
    "passes",
    "modulation",
    "midi",
    "isf",
    "to",
)
_CUES: Final[tuple[Any, ...]] = (
    {
        "timezone": "Europe/Vienna",
        "start": "one",
        "cues": [
            {"name": "one", "preset": "gallery", "morph": 4, "duration": "5 min", "then": "two"},
            {"name": "two", "values": {"/audio/gain": -3}, "easing": "linear", "at": "19:30", "model": "default"},
        ],
        "playlist": {"looks": ["gallery", "rehearsal"], "dwell": "10 min", "order": "shuffle", "morph": 20},
    },
)
_HOURS: Final[tuple[Any, ...]] = (
    {
        "timezone": "Europe/Vienna",
        "hours": {"tue-fri": "10:00-18:00", "sat, sun": ["10:00-12:00", "22:00-03:00"]},
        "exceptions": {"2026-12-25": "closed", "2026-10-25": "all day"},
        "fade": "30 s",
    },
    {"timezone": "UTC", "hours": {"daily": "all day"}},
)
_OUTPUTS: Final[tuple[Any, ...]] = (
    {
        "outputs": [
            {
                "name": "left",
                "monitor": "HDMI-1",
                "part": [0, 0, 0.55, 1],
                "flip": "horizontal",
                "rotate": 90,
                "fit": "contain",
                "corners": [[0, 0], [1, 0.1], [1, 1], [0, 1]],
                "masks": [[[0, 0], [0.2, 0], [0, 0.2]]],
                "blend": {"left": 0.1, "right": 0, "top": 0, "bottom": 0, "gamma": 2.2},
                "delay_frames": 3,
            },
            {"name": "right", "monitor": 1},
        ]
    },
)
_SENDERS: Final[tuple[Any, ...]] = (
    ["ndi:Wall", "v4l2:/dev/video9", "srt://10.0.0.1:9000?passphrase=abcdefghij", "rtmp://host/app/key", "camera"],
    ["udp://[::1]:9000", "spout:x", "syphon:y", "ndi:Wall"],
)
_PLACES: Final = (
    "srt://",
    "rtmp://h:99999/a/b",
    "udp://[::1",
    "srt://h:1?x=y",
    "v4l2:/etc/passwd",
    "ndi:",
    "camera:\u202e",
)


def _file_family(
    name: str,
    documents: tuple[Any, ...],
    use: Callable[[Path], None],
    refusal: type[Exception],
    keys: tuple[str, ...] = (),
    values: tuple[Any, ...] = (),
    seeds: tuple[bytes, ...] = (),
    share: int = 400,
) -> Family:
    """Return the family of a YAML file that `use` reads."""

    @contextmanager
    def opened(folder: Path) -> Iterator[Reader]:
        path = folder / f"{name}.yaml"

        def read(content: bytes) -> None:
            path.write_bytes(content)
            use(path)

        yield read

    known = tuple(yaml.safe_dump(one, allow_unicode=True).encode() for one in documents)
    return Family(
        name,
        lambda _folder: [*known, *seeds],
        lambda _seeds: yaml_of(documents, keys, values),
        opened,
        refusals=(refusal,),
        words=tuple(f"{key}: ".encode() for key in keys),
        share=share,
    )


def _use_preset(path: Path) -> None:
    preset = read_preset(path)
    values = preset_values(preset)
    kept = path.with_name("kept.yaml")
    shown = shown_as_preset(preset, {**DEFAULTS, **values})
    kept.write_text(preset_text(shown, kept, None), encoding="utf-8")
    if read_preset(kept).parameters.keys() != shown.parameters.keys():
        raise BrokenPromiseError("a preset that was saved is another one")


def _use_cues(path: Path) -> None:
    cues = read_cues(path, lambda: ["gallery", "rehearsal"])
    for said in ("1", "two", ""):
        cues.place_of(said)


def _use_senders(path: Path) -> None:
    parse_targets(listed_targets(path))


def _use_hours(path: Path) -> None:
    schedule = read_schedule(path)
    schedule.is_open(_NOON)
    schedule.next_turn(_NOON)


def _use_outputs(path: Path) -> None:
    layout = read_layout(path)
    if parse_layout(yaml.safe_load(layout_text(layout))) != parse_layout(layout_document(layout)):
        raise BrokenPromiseError("a layout that was saved is another one")


PRESETS: Final = _file_family(
    "presets",
    tuple(yaml.safe_load(text) for text in _PRESETS),
    _use_preset,
    PresetError,
    _PRESET_KEYS,
    ("film.cube", "dawn.png", "../../x.cube", "grain", "upscale", {"cc": 1, "to": "/audio/gain"}, {"ripple": {"a": 1}}),
    seeds=_PRESETS,
    share=130,
)
CUES: Final = _file_family(
    "cues",
    _CUES,
    _use_cues,
    CueError,
    ("cues", "playlist", "start", "timezone", "name", "preset", "values", "then", "at", "duration", "looks", "dwell"),
    ("gallery", "two", "8 bars", "1e5 h", "24:00", "Europe/Vienna", "posix/UTC", "../../etc/passwd", "easing"),
    share=100,
)
SCHEDULE: Final = _file_family(
    "schedule",
    _HOURS,
    _use_hours,
    ScheduleError,
    ("hours", "exceptions", "timezone", "fade", "mon", "daily", "2026-02-30"),
    ("00:00-24:00", "24:00-24:00", "22:00-21:59", "closed", "all day", "right/UTC", "../UTC", "UTC\0", "."),
    share=130,
)
OUTPUTS: Final = _file_family(
    "outputs",
    _OUTPUTS,
    _use_outputs,
    LayoutError,
    ("outputs", "name", "monitor", "part", "fit", "corners", "masks", "blend", "rotate", "flip", "delay_frames"),
    ([[0, 0]] * 4, [[0, 0], [1, 1], [1, 0], [0, 1]], [[0.5, 0.5]] * 33, 45, 180, "both", [0, 0, 0, 0], 1.5, -0.5),
    share=400,
)
SENDERS: Final = _file_family(
    "senders",
    _SENDERS,
    _use_senders,
    TargetError,
    ("ndi",),
    _PLACES,
    share=650,
)


@contextmanager
def _documents(_folder: Path) -> Iterator[Reader]:
    def read(content: bytes) -> None:
        try:
            parse_json(content)
        except DocumentError:
            parse_yaml(content)

    yield read


DOCUMENTS: Final = Family(
    "documents",
    lambda _folder: (
        [yaml.safe_dump(one).encode() for one in (*_CUES, *_HOURS, *_OUTPUTS, *_SENDERS)] + [b'{"a": [1, 2.5]}']
    ),
    lambda _seeds: st.one_of(
        yaml_of([*_CUES, *_HOURS, *_OUTPUTS]), json_of([*_CUES, *_OUTPUTS]), st.binary(max_size=80)
    ),
    _documents,
    refusals=(DocumentError,),
    words=(
        b"&a ",
        b"*a",
        b"<<: ",
        b"!!int ",
        b"!!float ",
        b"!!timestamp ",
        b"? ",
        b"---\n",
        b"%TAG ! !\n",
        b"!<tag:x> ",
    ),
    share=1470,
)
