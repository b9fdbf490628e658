"""Films -> a folder of clips to train on, in parallel; whoever is killed goes on where it was.

One process per rank plans, hands films to its workers and appends what they make to its shards, in the plan's order
whatever order they end in: the same films make the same bytes, undisturbed or not. Rank 0 then writes the index.
"""

import shutil
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from s2s.data.corpus import Corpus, Split
from s2s.data.film_clips import FilmJob
from s2s.data.journal import Journal, read_journals
from s2s.data.outcome import Fragments, Outcome, PrepareFilm
from s2s.data.plan import is_of_rank, plan_jobs
from s2s.data.ranks import Rank
from s2s.data.rendezvous import Rendezvous
from s2s.data.results import final_outcomes, write_results
from s2s.data.settings import About, PrepareSettings
from s2s.data.shards import ShardWriter, end_shards, held_bytes
from s2s.data.workers import Done, Workers

PATIENCE_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far this rank is: films of its part done so far, those of earlier runs included, and clips of this run."""

    films: int
    num_films: int
    clips: int
    lost: str | None = None


@dataclass(slots=True)
class Before:
    """What earlier runs have done: whose outcome is known, the splits of recordings, and how full the shards are."""

    ids: set[str] = field(default_factory=set)
    splits: dict[str, Split] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, journal: Path, *, retry_skipped: bool) -> "Before":
        """Read the journals of all ranks; with `retry_skipped` what was skipped counts as not done."""
        before = cls()
        for outcome in read_journals(journal):
            if not (retry_skipped and outcome.skipped is not None):
                before.ids.add(outcome.id)
                before.splits[outcome.recording] = outcome.split
            for shard, size in held_bytes(outcome.rows).items():
                before.held[shard] = max(size, before.held.get(shard, 0))
        return before


def prepare(
    corpus: Corpus,
    root: Path,
    out: Path,
    settings: PrepareSettings,
    *,
    workers: int,
    rank: Rank | None = None,
    patience_s: float = PATIENCE_S,
    retry_skipped: bool = False,
) -> Generator[Progress, None, None]:
    """Prepare every video of `corpus`, whose films lie under `root`, into `out`; yield as films are done.

    A film that cannot be used, or of which nothing comes for `patience_s`, is reported, not raised. Rank 0 waits for
    the others, then writes index and report. Raises ValueError where `out` is of something else or in use, OSError
    where the disk takes no more.
    """
    rank = rank or Rank()
    if retry_skipped and rank.count > 1:
        raise ValueError("films that were skipped are tried again by one process, not by several ranks")
    videos = list(corpus.videos())
    plan_jobs(videos, root, settings)  # what is wrong with the list is said before anything is written
    About(str(root.resolve()), settings).write_or_check(out)
    journals = out / "journal"
    with Journal(journals, rank.index) as journal:
        rendezvous = Rendezvous(journals, rank)
        rendezvous.join()
        before = Before.read(journals, retry_skipped=retry_skipped)
        jobs = plan_jobs(videos, root, settings, before.splits)
        shards = ShardWriter(out / "shards", rank.index, rank.count, settings.shard_mb << 20, before.held)
        mine = [job for job in jobs if is_of_rank(job.video.id, rank.index, rank.count)]
        yield from _Run(Fragments(out / "work"), journal, shards, before.ids).films(mine, workers, patience_s)
        shards.close()
        rendezvous.leave()
        if rank.index == 0:
            rendezvous.await_others({job.video.id for job in jobs})
            _finish(out, settings)


def _finish(out: Path, settings: PrepareSettings) -> None:
    outcomes = final_outcomes(read_journals(out / "journal"))
    end_shards(out / "shards", held_bytes(row for outcome in outcomes.values() for row in outcome.rows))
    write_results(out, outcomes, settings)
    shutil.rmtree(out / "work", ignore_errors=True)


@dataclass(slots=True)
class _Run:
    """One rank's films on their way: from workers to fragments, from fragments to shards and journal."""

    fragments: Fragments
    journal: Journal
    shards: ShardWriter
    before: set[str]

    def films(self, mine: Sequence[FilmJob], workers: int, patience_s: float) -> Iterator[Progress]:
        """Do what is left of `mine` and yield after every film."""
        self.fragments.folder.mkdir(exist_ok=True)
        left = deque(job for job in mine if job.video.id not in self.before)
        known = self.fragments.known()
        waiting = [job for job in left if job.video.id not in known]
        films, clips = len(mine) - len(waiting), 0
        self._take(left)
        threads = max(workers // max(len(waiting), 1), 1)  # one recording of a whole day shall use all cores, too
        task = PrepareFilm(self.fragments, threads)
        with Workers(task, min(workers, len(waiting)), patience_s=patience_s) as pool:
            for done in pool.run(waiting):
                self._note_loss(done)
                self._take(left)
                films, clips = films + 1, clips + (done.result or 0)
                yield Progress(films, len(mine), clips, done.lost)

    def _note_loss(self, done: Done[FilmJob, int]) -> None:
        if done.lost is not None:
            self.fragments.write(Outcome.of(done.job, skipped=done.lost))

    def _take(self, left: deque[FilmJob]) -> None:
        """Put into the shards, in the order of the plan, what is there; what comes before its turn waits."""
        while left and (outcome := self.fragments.find(left[0].video.id)) is not None:
            rows = self.shards.append(self.fragments.tar(outcome.id), outcome.rows) if outcome.rows else ()
            self.journal.append(replace(outcome, rows=rows))
            self.fragments.remove(outcome.id)
            left.popleft()
