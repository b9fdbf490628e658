"""One soak from its start to its end: starts the show, does the deeds when they are due, and looks at it meanwhile."""

import heapq
import itertools
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from installation.exit_codes import ExitCode
from installation.logs.exposition import read
from installation.soak.child_show import ChildShow
from installation.soak.deeds import Hands
from installation.soak.plan import FAULTS, Deed
from installation.soak.processes import alive, files_in, look_at, shared_pieces
from installation.soak.record import Record
from installation.soak.sampling import Scrape, between, generated, longer_than, pids
from installation.soak.stage import Stage

log = logging.getLogger(__name__)

_STARTS_WITHIN_S: Final = 300.0
_SAMPLE_EVERY_S: Final = 10.0
_HEALTH_EVERY_S: Final = 1.0
_TURN_S: Final = 0.1
_TELL_EVERY_S: Final = 300.0
_TOUCHED_BY_FAULTS: Final = frozenset({"capture", "inference", "pictures", "preset", "preset file", "show"})
"""Of the parts that health speaks of; a room without a microphone is no fault of the soak's."""


class SoakError(RuntimeError):
    """The show that was to be soaked did not come alive; one line."""

    exit_code: Final = ExitCode.UNEXPECTED


@dataclass(frozen=True, slots=True)
class Soak:
    """What is to be done: a show with `arguments` on `stage` for `duration_s` seconds, and `deeds` to it, in order."""

    arguments: Sequence[str]
    stage: Stage
    osc_port: int
    duration_s: float
    deeds: Sequence[Deed]


class Driver:
    """Runs one soak; `stop` ends it early, from a signal handler."""

    def __init__(self, soak: Soak, record: Record) -> None:
        self._soak, self.record = soak, record
        self._stopped = False
        self._show: ChildShow | None = None
        self._seen_pids: set[int] = set()
        self._scrape: Scrape = {}
        self._scraped_at = 0.0

    def stop(self) -> None:
        """End soon, with what there is."""
        self._stopped = True

    def run(self) -> Record:
        """Drive the show to the end. Raises SoakError where it never comes alive."""
        show = self._show = ChildShow(self._soak.arguments, self._soak.stage)
        try:
            hands = self._meet(show)
            if hands is not None:
                self._drive(show, hands)
                self.record.unanswered = hands.unanswered
                hands.rest()
        finally:
            ended_before = show.exit_code
            code = show.end()
            self.record.exit_code = code if ended_before is None else ended_before or -1
            self.record.log_tail = list(show.lines)[-60:]
            self._look_behind(show)
        return self.record

    def _meet(self, show: ChildShow) -> Hands | None:
        """Wait for the first generated picture; return the hands, None where it was stopped before."""
        hands = Hands("", self._soak.osc_port, self._soak.stage)
        gives_up_at = time.monotonic() + _STARTS_WITHIN_S
        while not self._stopped:
            if show.exit_code is not None or time.monotonic() > gives_up_at:
                raise SoakError(f"the show did not come alive: {(list(show.lines) or ['not a word'])[-1]}")
            if show.url and generated(scrape := read(Hands(show.url, 0, self._soak.stage).get("metrics") or "")):
                hands.url, hands.pids = show.url, pids(scrape)
                return hands
            time.sleep(0.5)
        return None

    def _drive(self, show: ChildShow, hands: Hands) -> None:
        began_at, number = time.monotonic(), itertools.count()
        due: list[tuple[float, int, Callable[[], None]]] = []

        def later(at_s: float, work: Callable[[], None]) -> None:
            heapq.heappush(due, (at_s, next(number), work))

        def again(every_s: float, work: Callable[[], None]) -> None:
            work()
            later(max(now_s() + 0.5, (now_s() // every_s + 1) * every_s), lambda: again(every_s, work))

        def now_s() -> float:
            return time.monotonic() - began_at

        def do(deed: Deed) -> None:
            self.record.deeds.append((now_s(), deed))
            if deed.kind in FAULTS:
                log.info("%s", deed.words)
            for after_s, work in hands.do(deed):
                later(now_s() + after_s, work)

        for deed in self._soak.deeds:
            later(deed.at_s, lambda deed=deed: do(deed))  # type: ignore[misc]
        later(0.0, lambda: again(_HEALTH_EVERY_S, lambda: self._note_health(now_s(), hands)))
        later(0.0, lambda: again(_SAMPLE_EVERY_S, lambda: self._sample(now_s(), hands)))
        later(_TELL_EVERY_S, lambda: again(_TELL_EVERY_S, lambda: self._tell(now_s())))
        while not self._stopped and show.exit_code is None and now_s() < self._soak.duration_s:
            self.record.duration_s = now_s()
            while due and due[0][0] <= now_s() and not self._stopped:
                heapq.heappop(due)[2]()
            time.sleep(_TURN_S)

    def _note_health(self, t_s: float, hands: Hands) -> None:
        reasons = hands.health().get("reasons", {"show": "the page does not answer"})
        words = "; ".join(f"{part}: {why}" for part, why in reasons.items() if part in _TOUCHED_BY_FAULTS)
        if not self.record.well or self.record.well[-1][1] is not (not words):
            self.record.well.append((t_s, not words))
            self.record.reasons.append((t_s, words or "well"))

    def _sample(self, t_s: float, hands: Hands) -> None:
        try:
            scrape: Scrape = read(hands.get("metrics") or "")
        except ValueError as error:
            log.warning("%s", error)
            return
        if scrape:
            hands.pids = pids(scrape)
            self.record.stood_still = longer_than(scrape, "2")
            if self._scrape:
                self.record.note_interval(t_s, between(self._scrape, scrape, t_s - self._scraped_at))
            self._scrape, self._scraped_at = scrape, t_s
        for name, pid in hands.pids.items():
            if (found := look_at(pid)) is not None:
                self._seen_pids.add(pid)
                self.record.note_process(name, t_s, found, pid)
        show_pid = hands.pids.get("show", 0)
        self.record.note("pieces of shared memory", "pieces", t_s, shared_pieces(show_pid))
        files, size_mib = files_in(self._soak.stage.temporary)
        self.record.note("temporary files", "files", t_s, files)
        self.record.note("size of temporary files", "MiB", t_s, size_mib)

    def _tell(self, t_s: float) -> None:
        memory = [
            f"{name.partition(':')[0]} {series.value[-1]:.0f} MiB"
            for name, series in self.record.series.items()
            if name.endswith("resident memory") and series.value
        ]
        log.info("%.0f min of %.0f: %s", t_s / 60, self._soak.duration_s / 60, ", ".join(memory))

    def _look_behind(self, show: ChildShow) -> None:
        """Note what the show has left: processes, shared memory, temporary files."""
        left = [f"process {pid}" for pid in alive(self._seen_pids)]
        if pieces := shared_pieces(show.pid):
            left.append(f"{pieces} pieces of shared memory")
        if files := files_in(self._soak.stage.temporary)[0]:
            left.append(f"{files} temporary files")
        self.record.left_behind = left
