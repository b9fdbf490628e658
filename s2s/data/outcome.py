"""What became of one film: written by a worker as a fragment, kept in the journal once its clips are in a shard.

A fragment is `ID.tar`, the members of all clips without a tar's end, and `ID.json`, the outcome; the second comes last
and by renaming, so where it is, both are whole. Whoever is killed leaves nothing half that counts.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

from s2s.data.clip import tar_members
from s2s.data.clip_index import IndexRow
from s2s.data.corpus import Split
from s2s.data.film_clips import FilmClips, FilmJob
from s2s.files.atomic_write import atomic_path, write_text
from s2s.media.video_reader import VideoFileError

_PART: Final = ".part"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The clips of one film, or why there are none (`skipped`); `remarks` are about one that is used all the same."""

    id: str
    source: str
    split: Split
    recording: str
    rows: tuple[IndexRow, ...] = ()
    skipped: str | None = None
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(cls, job: FilmJob, *, skipped: str | None = None) -> Self:
        """Return the outcome of a job so far: no clip."""
        return cls(job.video.id, job.source, job.split, job.video.split_key, skipped=skipped)

    def text(self) -> str:
        """Return the outcome as one line."""
        return json.dumps({**asdict(self), "rows": [row.to_dict() for row in self.rows]}, separators=(",", ":")) + "\n"

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> Self:
        """Return an outcome that was written. Raises KeyError, TypeError or ValueError for one that is not whole."""
        rows = tuple(IndexRow.read(row) for row in fields["rows"])
        return cls(**{**fields, "rows": rows, "remarks": tuple(fields["remarks"])})


@dataclass(frozen=True, slots=True)
class Fragments:
    """The folder of the fragments that wait for their place in a shard."""

    folder: Path

    def tar(self, video_id: str) -> Path:
        """Return where the members lie."""
        return self.folder / f"{video_id}.tar"

    def known(self) -> set[str]:
        """Return the films of which the outcome is known, by one look at the folder."""
        return {path.stem for path in self.folder.glob("*.json")}

    def find(self, video_id: str) -> Outcome | None:
        """Return what became of a film, once it is known."""
        path = self._json(video_id)
        return Outcome.read(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None

    def write(self, outcome: Outcome) -> None:
        """Make an outcome known; its members must lie in their place. Raises OSError."""
        write_text(self._json(outcome.id), outcome.text())

    def remove(self, video_id: str) -> None:
        """Forget a film: what became of it first."""
        self._json(video_id).unlink(missing_ok=True)
        self.tar(video_id).unlink(missing_ok=True)
        self.tar(video_id).with_suffix(f".tar{_PART}").unlink(missing_ok=True)

    def _json(self, video_id: str) -> Path:
        return self.folder / f"{video_id}.json"


@dataclass(frozen=True, slots=True)
class PrepareFilm:
    """The task of a worker: prepare a film and leave a fragment. It can be sent to another process."""

    fragments: Fragments
    threads: int = 1

    def __call__(self, job: FilmJob, beat: Callable[[], None]) -> int:
        """Prepare one film and return how many clips it has; what is wrong with it becomes its outcome.

        Raises OSError where the disk takes no more.
        """
        try:
            outcome = self._prepare(job, beat)
        except VideoFileError as error:
            outcome = Outcome.of(job, skipped=error.reason)
        except OSError:
            raise
        except MemoryError:
            outcome = Outcome.of(job, skipped="needs more memory than a film should")
        except Exception as error:  # a stranger's file found a fault of ours or of a library's: that costs its line
            outcome = Outcome.of(job, skipped=f"cannot be decoded: {type(error).__name__}: {error}"[:300])
        self.fragments.write(outcome)
        return len(outcome.rows)

    def _prepare(self, job: FilmJob, beat: Callable[[], None]) -> Outcome:
        film = FilmClips(job, self.fragments.folder, beat, self.threads)
        rows: list[IndexRow] = []
        tar = self.fragments.tar(job.video.id)
        with atomic_path(tar, durable=True) as partial, partial.open("wb") as file:
            for clip in film.clips():
                blocks, row = tar_members(clip)
                rows.append(row.placed("", file.tell()))
                file.writelines(blocks)
                beat()
        return replace(Outcome.of(job), rows=tuple(rows), remarks=tuple(film.remarks))
