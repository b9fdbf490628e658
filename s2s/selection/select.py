"""Selects the top moments of many clips. What is scored is kept line by line, so that a killed run goes on.

Several processes, as under `torchrun`, share a run: each scores every n-th clip and keeps a file of its own.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from s2s.data.clip_source import ClipSource
from s2s.files.atomic_write import atomic_path, write_text
from s2s.selection.selectors import Scores, Selector

_log = logging.getLogger(__name__)

TOP: Final = 10  # moments a clip, as published
_POLL_S: Final = 1.0
_PATIENCE_S: Final = 600.0


def top_moments(scores: Scores, count: int = TOP) -> list[int]:
    """Return the frames of the `count` highest scores, best first; of equals the earlier first.

    Fewer where the clip has fewer. Raises ValueError for scores that are not finite numbers [num_frames].
    """
    if scores.ndim != 1 or not len(scores) or not np.isfinite(scores).all():
        raise ValueError(f"expected finite scores [num_frames], got shape {scores.shape}")
    return [int(frame) for frame in np.argsort(-scores, kind="stable")[:count]]


@dataclass(slots=True)
class Ledger:
    """Scores as they come: a line of settings, then a line per clip. A line that a kill cut short is dropped."""

    path: Path
    settings: dict[str, Any]
    scores: dict[str, Scores] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path, settings: Mapping[str, Any]) -> Self:
        """Go on with what is there, or begin anew where it was kept with other settings. For its one writer."""
        ledger = cls.read(path, settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [ledger.settings, *map(_scored, ledger.scores.items()), *map(_skipped, ledger.skipped.items())]
        write_text(path, "".join(map(_line, rows)))
        return ledger

    @classmethod
    def read(cls, path: Path, settings: Mapping[str, Any]) -> Self:
        """Return what is there, nothing where it was kept with other settings; another process may be writing it."""
        ledger = cls(path, dict(settings))
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
        rows = [json.loads(line) for line in lines if line.endswith("\n")]
        if rows and rows[0] == ledger.settings:
            for row in rows[1:]:
                ledger._take(row)
        return ledger

    def add(self, clip_id: str, scores: Scores) -> None:
        """Keep the scores of a clip; once this returns they outlive the process."""
        self._append(_scored((clip_id, scores)))

    def skip(self, clip_id: str, reason: str) -> None:
        """Keep that a clip cannot be scored, and why."""
        self._append(_skipped((clip_id, reason)))

    def __contains__(self, clip_id: str) -> bool:
        return clip_id in self.scores or clip_id in self.skipped

    def update(self, other: Self) -> None:
        """Take over what `other` knows, without writing it."""
        self.scores.update(other.scores)
        self.skipped.update(other.skipped)

    def _append(self, row: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(_line(row))
        self._take(row)

    def _take(self, row: dict[str, Any]) -> None:
        if "skipped" in row:
            self.skipped[row["id"]] = row["skipped"]
        else:
            self.scores[row["id"]] = np.array(row["scores"], np.float32)


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, separators=(",", ":")) + "\n"


def _scored(clip: tuple[str, Scores]) -> dict[str, Any]:
    # Nine digits give a float32 back exactly.
    return {"id": clip[0], "scores": [float(f"{score:.9g}") for score in clip[1]]}


def _skipped(clip: tuple[str, str]) -> dict[str, Any]:
    return {"id": clip[0], "skipped": clip[1]}


def score_clips(source: ClipSource, clip_ids: Iterable[str], selector: Selector, ledger: Ledger) -> None:
    """Score those clips that the ledger does not know yet. A clip that cannot be read is skipped with its reason."""
    for clip_id in clip_ids:
        if clip_id in ledger:
            continue
        try:
            ledger.add(clip_id, selector.scores(source, clip_id))
        except (ValueError, OSError) as error:
            reason = " ".join(str(error).split())
            _log.warning("skipped %s: %s", clip_id, reason)
            ledger.skip(clip_id, reason)


def gather(
    ledger: Ledger,
    others: Sequence[Path],
    clip_ids: Sequence[str],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Take over what the ledgers `others` know, and wait until all of `clip_ids` are known.

    Raises ValueError where clips are missing and nothing has come for ten minutes.
    """
    grew_at = clock()
    while True:
        before = len(ledger.scores) + len(ledger.skipped)
        for path in others:
            ledger.update(Ledger.read(path, ledger.settings))
        missing = [clip_id for clip_id in clip_ids if clip_id not in ledger]
        if not missing:
            return
        now = clock()
        if len(ledger.scores) + len(ledger.skipped) > before:
            grew_at = now
        if now - grew_at > _PATIENCE_S:
            raise ValueError(f"{len(missing)} clips are nobody's: a rank has died; start all of them again")
        sleep(_POLL_S)


def save_scores(path: Path, scores: Mapping[str, Scores], settings: Mapping[str, Any]) -> None:
    """Write the scores of all clips as safetensors, one tensor [num_frames] a clip, `settings` in the header."""
    with atomic_path(path) as partial:
        save_file(dict(scores), partial, metadata={"settings": json.dumps(settings)})


def load_scores(
    path: Path, clip_ids: Sequence[str] | None = None
) -> tuple[dict[str, NDArray[np.float32]], dict[str, Any]]:
    """Return the scores that `save_scores` wrote, by clip, and the settings they were made with.

    Raises ValueError for a file that is damaged or of another kind.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            settings = json.loads((file.metadata() or {})["settings"])
            keys = [key for key in file.keys() if clip_ids is None or key in set(clip_ids)]  # noqa: SIM118 - no mapping
            return {key: file.get_tensor(key) for key in keys}, settings
    except (SafetensorError, KeyError, json.JSONDecodeError) as error:
        raise ValueError(f"{path}: holds no scores ({' '.join(str(error).split())})") from error
