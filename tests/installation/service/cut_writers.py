"""Writes the files of a venue's state, ended by the kernel at a given byte of them. Used by `test_power_cut`.

    python cut_writers.py FOLDER NAME EVERY     one line of JSON: how often it was cut, and what was wrong then

A child of its own writes each time, with a limit on the size of files (setrlimit(2), RLIMIT_FSIZE): at the byte that
goes beyond it the kernel ends the child by SIGXFSZ, in the middle of a write, as `kill -9` would.
"""

import json
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from installation.control.midi.store import DeviceMap, MapStore
from installation.outputs.layout import Layout, Output
from installation.outputs.store import LayoutStore
from installation.parameters import DEFAULTS
from installation.presets.reading import load_preset
from installation.presets.store import PresetStore
from installation.service.last_shown import KEPT, LastShown
from s2s.serving.keys import Tokens
from s2s.serving.token_file import write_tokens

Writer = Callable[[Path, str], None]
Files = dict[str, bytes]


def last_shown(folder: Path, word: str) -> None:
    """What was shown last."""
    values = {address: DEFAULTS[address] for address in KEPT}
    LastShown("gallery", word, "", values).write(folder / "last.json")


def outputs(folder: Path, word: str) -> None:
    """The projectors: pins, masks, blends."""
    store = LayoutStore(folder / "outputs.yaml")
    store.replace(Layout((Output(word), Output("other"))))
    store.save()


def preset(folder: Path, word: str) -> None:
    """A preset, its picture, and its earlier versions."""
    picture = word.encode() * 300
    PresetStore(folder / "presets").save("mine", replace(load_preset("gallery"), description=word), None, picture)


def controller(folder: Path, word: str) -> None:
    """What a controller was taught."""
    entries = tuple({"cc": number, "to": f"/of/{word}"} for number in range(12))
    MapStore(folder / "midi").write(DeviceMap("Knobs", unusable=entries))


def token(folder: Path, word: str) -> None:
    """The page's token."""
    write_tokens(folder / "token", Tokens(f"full-of-{word}", f"read-of-{word}"))


WRITERS: Final[dict[str, Writer]] = {
    "last_shown": last_shown,
    "outputs": outputs,
    "preset": preset,
    "controller": controller,
    "token": token,
}


def files(folder: Path) -> Files:
    """Return what is kept in `folder`; what only a next writing reads, a partial file, is nobody's state."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".part"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def written(write: Writer, folder: Path, word: str, limit: int | None) -> int:
    """Write in a child that may make files of `limit` bytes; return the signal that ended it, 0 where none did."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        write(folder, word)
        os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def cut_everywhere(write: Writer, folder: Path, every: int) -> tuple[int, list[str]]:
    """Cut the second writing at every so-manieth byte; return how often, and what was then wrong."""
    before, place = folder / "before", folder / "place"
    before.mkdir()
    written(write, before, "first", None)
    shutil.copytree(before, place)
    written(write, place, "second", None)
    first, second = files(before), files(place)
    cuts, wrong = 0, []
    for limit in range(0, max(map(len, {**first, **second}.values())), every):
        shutil.rmtree(place)
        shutil.copytree(before, place)
        cuts += written(write, place, "second", limit) == signal.SIGXFSZ
        left = files(place)
        if missing := first.keys() - left.keys():
            wrong.append(f"{limit}: {missing} went")
        wrong += [f"{limit}: {name}" for name, body in left.items() if body not in (first.get(name), second.get(name))]
        written(write, place, "second", None)
        after = files(place)
        wrong += [f"{limit}: not mended: {name}" for name in first if after.get(name) != second[name]]
    return cuts, wrong


if __name__ == "__main__":
    sys.stdout.write(json.dumps(cut_everywhere(WRITERS[sys.argv[2]], Path(sys.argv[1]), int(sys.argv[3]))))
