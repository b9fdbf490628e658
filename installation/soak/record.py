"""What a soak has noted: figures over time, what was done, how the show was, how it ended. Pure data."""

from dataclasses import asdict, dataclass, field
from typing import Any

from installation.soak.judgement import Judged, Recovery, failures, judge, recoveries
from installation.soak.plan import FAULTS, Deed
from installation.soak.processes import ProcessFigures
from installation.soak.sampling import Interval
from installation.soak.series import Series


@dataclass(slots=True)
class Record:
    """One run. Times are seconds since the picture came alive; `facts` say of what, where and when it was.

    `well` is whether the parts that faults touch were well, whenever that changed; `reasons` what was wrong, in words.
    """

    facts: dict[str, Any]
    series: dict[str, Series] = field(default_factory=dict)
    deeds: list[tuple[float, Deed]] = field(default_factory=list)
    well: list[tuple[float, bool]] = field(default_factory=list)
    reasons: list[tuple[float, str]] = field(default_factory=list)
    duration_s: float = 0.0
    stood_still: int = 0
    unanswered: int = 0
    exit_code: int = 0
    left_behind: list[str] = field(default_factory=list)
    log_tail: list[str] = field(default_factory=list)

    def note(self, name: str, unit: str, t_s: float, value: float | None, stretch: int = 0) -> None:
        """Note one figure."""
        self.series.setdefault(name, Series(name, unit)).add(t_s, value, stretch)

    def note_process(self, name: str, t_s: float, found: ProcessFigures, pid: int) -> None:
        """Note what the system says of one process."""
        self.note(f"{name}: resident memory", "MiB", t_s, found.rss_mib, pid)
        self.note(f"{name}: anonymous memory", "MiB", t_s, found.anonymous_mib, pid)
        self.note(f"{name}: proportional memory", "MiB", t_s, found.pss_mib, pid)
        self.note(f"{name}: open handles", "handles", t_s, found.handles, pid)
        self.note(f"{name}: threads", "threads", t_s, found.threads, pid)

    def note_interval(self, t_s: float, found: Interval) -> None:
        """Note what the show says of the last seconds."""
        self.note("pictures shown a second", "1/s", t_s, found.shown_fps)
        self.note("pictures generated a second", "1/s", t_s, found.generated_fps)
        self.note("interval p95", "ms", t_s, found.interval_p95_ms)
        self.note("interval p99", "ms", t_s, found.interval_p99_ms)
        self.note("sound to light p95", "ms", t_s, found.fast_p95_ms)

    def judged(self) -> list[Judged]:
        """Return what is known of each figure."""
        return judge(self.series.values(), self.duration_s)

    def recoveries(self) -> list[Recovery]:
        """Return what became of each fault."""
        faults = [(at_s, deed.words, deed.lasts_s) for at_s, deed in self.deeds if deed.kind in FAULTS]
        return recoveries(faults, self.well, self.duration_s)

    def failures(self, judged: list[Judged]) -> list[str]:
        """Return why it has failed, a line each."""
        return failures(judged, self.recoveries(), self.stood_still, self.exit_code, self.left_behind)

    def as_document(self) -> dict[str, Any]:
        """Return all of it as JSON has it."""
        judged = self.judged()
        return {
            **self.facts,
            "duration_s": round(self.duration_s, 1),
            "failures": self.failures(judged),
            "figures": [_figure(one) for one in judged],
            "recoveries": [
                {"at_s": round(one.at_s, 1), "fault": one.fault, "took_s": one.took_s} for one in self.recoveries()
            ],
            "stood_still": self.stood_still,
            "unanswered": self.unanswered,
            "exit_code": self.exit_code,
            "left_behind": self.left_behind,
            "deeds": [{"at_s": round(at_s, 1), "words": deed.words} for at_s, deed in self.deeds],
            "reasons": [{"at_s": round(at_s, 1), "words": words} for at_s, words in self.reasons],
            "series": [one.as_document() for one in self.series.values()],
            "log_tail": self.log_tail,
        }


def _figure(one: Judged) -> dict[str, Any]:
    found = one.trend
    trend = None if found is None else asdict(found)
    return {"name": one.name, "unit": one.unit, "trend": trend, "limit": one.limit, "verdict": one.verdict.value}
