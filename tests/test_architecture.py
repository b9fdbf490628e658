"""The import rules of the house, checked by reading every module's imports (nothing is run)."""

import ast
import functools
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("installation", "s2s")
    for path in (ROOT / package).rglob("*.py")
}
ROOMS = ("audio", "control", "inference", "output", "render")
"""The siblings that never import each other; they meet above, in the modules that wire the show."""

ABOVE_THE_ROOMS = {
    "show",
    "show_parts",
    "account",
    "assembly",
    "main",
    "offline",
    "options",
    "workers",
    "diagnosis",
    "film_workers",
}
ABOVE_THE_ROOMS |= {"presets.use", "presets.follower", "presets.deeds", "presets.fader", "model_follower"}
ABOVE_THE_ROOMS |= {"logs.measuring", "restarting", "service", "soak", "session", "offline_session"}
ABOVE_THE_ROOMS |= {"calibration", "cues.deeds", "film_workers", "outputs.opening", "reloading", "sinks"}
SURFACE_OF_S2S = (
    "s2s.media.audio",
    "s2s.bundle",
    "s2s.card",
    "s2s.files.atomic_write",  # how what is kept is written
    "s2s.files.document",  # how what others wrote is read
    "s2s.files.ordinary",  # and nothing waited for that is no file
    "s2s.sampling.embed",
    "s2s.sampling.own_places",  # what a model shows before it has heard anything
    "s2s.sampling.sources",  # what a sound is made of
    "s2s.sampling.source_words",  # and how that is said
    "s2s.files.atomic_write",  # files whole or not there
    "s2s.files.names",  # names of files as text
    "s2s.media.video_writer",  # how a film is written, for the recorder
    "s2s.media.video_encoders",
    "s2s.media.images",
    "s2s.sampling.inversion",  # a preset's image, found again in the generator
    "s2s.models",
    "s2s.place_memory",  # a place's own frames
    "s2s.serving",  # the operator page stands on it
    "s2s.media.mono",  # how channels become one
    "s2s.files.quote",  # and quoted
    "s2s.spectrogram",
    "s2s.spectrogram_spec",
    "s2s.files.user",
    "s2s.world.composition",  # what can be seen together
    "s2s.world.canvas",  # the world as a second painter
    "s2s.world.sounds",  # the built-in performance
    "s2s.world.state",
)
FLOORS_OF_S2S = (
    ("files", "metrics", "rates", "spectrogram_spec"),
    ("card", "clip_levels", "media", "mel_bands", "place_memory", "serving", "spectrogram", "weight_headers"),
    ("data", "describe", "world", "models"),
    ("bundle",),
    ("sampling",),
    ("published", "retrieval", "training.engine", "training.losses"),
    ("training.inputs",),
    ("training.augment",),
    ("training.stages",),
    ("selection",),
    ("evaluate",),
    ("bench", "retrain", "study"),
    ("commands",),
    ("__main__",),
)
"""The rooms of the library from the ground up: a room imports rooms of its own floor, in one direction, and below."""

SOLE_IMPORTERS = {
    "pyaudio": {"installation.audio.microphone", "installation.audio.loudspeaker"},
    "pyglet": {"installation.output.window", "installation.output.window_screens"},
    "mido": {"installation.control.midi.ports"},
    "rtmidi": {"installation.control.midi.ports"},
}


@functools.cache
def imports_of(module: str) -> set[str]:
    """Every module imported anywhere in `module`, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name in MODULES else node.module for name in names}
    return found


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def test_the_library_never_imports_the_show() -> None:
    guilty = [m for m in MODULES if within(m, "s2s") and any(within(name, "installation") for name in imports_of(m))]
    assert guilty == []


def room_of(module: str) -> str | None:
    """Return the room of a module of `s2s` as `FLOORS_OF_S2S` calls it; None for a face that only names its rooms."""
    rooms = [room for floor in FLOORS_OF_S2S for room in floor if within(module, f"s2s.{room}")]
    return rooms[0] if rooms else None


def arrows_of_s2s() -> set[tuple[str, str]]:
    modules = {name for name in MODULES if within(name, "s2s")}
    pairs = {(room_of(one), room_of(other)) for one in modules for other in imports_of(one) & modules}
    return {(a, b) for a, b in pairs if a is not None and b is not None and a != b}


def test_every_module_of_the_library_is_in_a_room() -> None:
    homeless = {name for name in MODULES if within(name, "s2s") and room_of(name) is None}
    assert homeless == {"s2s", "s2s.training"}


def test_every_arrow_of_the_library_points_down_and_no_two_rooms_import_each_other() -> None:
    floor = {room: number for number, floor in enumerate(FLOORS_OF_S2S) for room in floor}
    arrows = arrows_of_s2s()
    assert {(a, b) for a, b in arrows if floor[a] < floor[b]} == set()
    assert {(a, b) for a, b in arrows if (b, a) in arrows} == set()


def test_no_modules_import_each_other_in_a_circle() -> None:
    below = {name: imports_of(name) & MODULES.keys() - {name} for name in MODULES}
    # Whoever imports nothing that is left, or is imported by nobody that is left, is in no circle.
    while ends := {one for one in below if not below[one] & below.keys()} | (
        below.keys() - set().union(*below.values())
    ):
        below = {name: imported for name, imported in below.items() if name not in ends}
    assert sorted(below) == []


def test_the_show_uses_only_the_inference_surface_of_the_library() -> None:
    known = {name for name in MODULES if within(name, "s2s")}
    for module in (m for m in MODULES if within(m, "installation")):
        used = {name for name in imports_of(module) if name in known and name not in ("s2s", "s2s.world")}
        strays = {name for name in used if not any(within(name, allowed) for allowed in SURFACE_OF_S2S)}
        assert strays == set(), module


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_do_not_import_each_other_nor_what_is_above_them(room: str) -> None:
    forbidden = [f"installation.{name}" for name in (*(set(ROOMS) - {room}), *ABOVE_THE_ROOMS)]
    for module in (m for m in MODULES if within(m, f"installation.{room}")):
        strays = {name for name in imports_of(module) if any(within(name, other) for other in forbidden)}
        assert strays == set(), module


def test_the_ground_floor_imports_no_room() -> None:
    rooms = [f"installation.{room}" for room in ROOMS]
    elsewhere = [*rooms, *(f"installation.{name}" for name in ABOVE_THE_ROOMS)]
    ground = {m for m in MODULES if m.startswith("installation.") and not any(within(m, other) for other in elsewhere)}
    for module in ground:
        strays = {name for name in imports_of(module) if any(within(name, room) for room in rooms)}
        assert strays == set(), module


@pytest.mark.parametrize("library", sorted(SOLE_IMPORTERS))
def test_each_device_library_is_imported_where_its_device_is_and_nowhere_else(library: str) -> None:
    importers = {m for m in MODULES if any(within(name, library) for name in imports_of(m))}
    assert importers <= SOLE_IMPORTERS[library]


def test_torch_stays_in_the_library_and_the_inference_process() -> None:
    users = {m for m in MODULES if any(within(name, "torch") for name in imports_of(m))}
    assert {m for m in users if not within(m, "s2s") and not within(m, "installation.inference")} == set()
    assert not any(within(m, "s2s.world.sounds") for m in users)


@pytest.mark.proc
def test_the_show_process_starts_without_torch_and_opens_nothing_by_importing() -> None:
    code = (
        "import sys, threading, installation.assembly, installation.main, run_show;"
        "assert 'torch' not in sys.modules, 'torch came along';"
        "assert 'pyglet.window' not in sys.modules and 'pyaudio' not in sys.modules;"
        "assert threading.active_count() == 1"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_every_package_says_what_is_where() -> None:
    silent = [
        name
        for name, path in MODULES.items()
        if path.name == "__init__.py" and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


PACKAGES = sorted(path.parent for path in MODULES.values() if path.name == "__init__.py")


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_package_lists_is_there(package: Path) -> None:
    """Rows of its docstring: names, two spaces at least, what they are."""
    rows = re.findall(r"^ *([a-z_0-9]+(?:, [a-z_0-9]+)*) {2,}\S", docstring_of(package), re.MULTILINE)
    names = [name for row in rows for name in row.split(", ")]
    assert [name for name in names if not ((package / name).is_dir() or (package / f"{name}.py").exists())] == []


@pytest.mark.parametrize("package", [ROOT / "s2s", ROOT / "installation"], ids=lambda path: path.name)
def test_everything_at_the_root_of_a_package_is_on_its_map(package: Path) -> None:
    names = {path.stem for path in package.glob("*.py")} | {path.parent.name for path in package.glob("*/__init__.py")}
    words = set(re.findall(r"\w+", docstring_of(package)))
    assert names - {"__init__"} - words == set()


def docstring_of(package: Path) -> str:
    return ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or ""
