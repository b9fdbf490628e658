"""Candidate, model, previous: which bundle is played, by renaming folders; at every moment one of the two is there.

A kill between two renamings leaves a state that `settle` knows: it ends what was begun, or takes it back.
"""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Final

from s2s.card import AUDIO_ENCODER, CARD, GENERATOR, IMAGE_ENCODER, SOURCE_HEADS, STILL, BundleError, read_card
from s2s.place_memory import MEMORY
from s2s.retrain.layout import Layout

_PARTS: Final = (AUDIO_ENCODER, GENERATOR, IMAGE_ENCODER, SOURCE_HEADS, STILL, "thumbnail.png", CARD)
_DROPPED: Final = ".dropped"
_HISTORY: Final = "history.jsonl"


def copy_bundle(source: Path, target: Path) -> None:
    """Copy a bundle's own files, the card last, and put the copy in place of `target` whole."""
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name in _PARTS:
        if (source / name).exists():
            shutil.copyfile(source / name, part / name)
    if (source / MEMORY).is_dir():
        shutil.copytree(source / MEMORY, part / MEMORY)
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)


def promote(layout: Layout, today: date) -> None:
    """Put the candidate in the model's place; what was there becomes the previous one."""
    settle(layout)
    read_card(layout.candidate)
    _exchange(layout, layout.candidate)
    _note(layout, "promoted", today)


def roll_back(layout: Layout, today: date) -> str:
    """Put the previous model back; what was played becomes the previous one, so that a second time undoes the first.

    Returns the name and version of what is played now. Raises BundleError where there is none.
    """
    settle(layout)
    if not layout.previous.is_dir():
        raise BundleError(layout.previous, "", f"there is nothing to roll back to: {layout.model} has replaced nothing")
    read_card(layout.previous)
    _exchange(layout, layout.previous)
    _note(layout, "rolled back", today)
    card = read_card(layout.model)
    return f"{card.name} {card.version}"


def settle(layout: Layout) -> None:
    """End or take back what a killed process had begun."""
    for incoming in (layout.candidate, layout.previous):
        if (aside := _aside(incoming)).exists():  # with the model still there, nothing has made way for it yet
            aside.rename(incoming if layout.model.exists() else layout.model)
    dropped = layout.out / _DROPPED
    if dropped.exists() and not layout.previous.exists():
        dropped.rename(layout.previous)
    shutil.rmtree(dropped, ignore_errors=True)


def _exchange(layout: Layout, incoming: Path) -> None:
    """Make `incoming` the model, and the model the previous one."""
    incoming.rename(_aside(incoming))
    if layout.previous.exists():
        layout.previous.rename(layout.out / _DROPPED)
    layout.model.rename(layout.previous)
    _aside(incoming).rename(layout.model)
    shutil.rmtree(layout.out / _DROPPED, ignore_errors=True)


def _aside(incoming: Path) -> Path:
    """Return where a bundle waits for its way to be free; its name says where it came from."""
    return incoming.with_name(f".{incoming.name}.aside")


def _note(layout: Layout, done: str, today: date) -> None:
    """Keep, line by line, which model was played since when."""
    model, previous = read_card(layout.model), read_card(layout.previous)
    line = {
        "date": today.isoformat(),
        "done": done,
        "model": f"{model.name} {model.version}",
        "previous": f"{previous.name} {previous.version}",
    }
    with (layout.out / _HISTORY).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
