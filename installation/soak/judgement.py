"""Which figures of a soak hold. Pure; a failure names the figure, its slope and how sure that is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from installation.soak.series import Series
from installation.soak.trend import Trend, trend

RUN_WARM_UP_S: Final = 900.0
"""Until then the show has not yet been in all of its presets: caches fill, code is loaded when it is first used."""
PROCESS_WARM_UP_S: Final = 180.0
"""The same of a worker that began anew."""
_WARM_UP_SHARE: Final = 0.2
"""In a short run the first is so much of it."""
_SHORTEST_H: Final = 0.25
"""Of less than a quarter of an hour no slope an hour is concluded."""
_MIB_AN_HOUR: Final = 1.0
_A_TENTH: Final = 0.10


class Verdict(StrEnum):
    """What is known of a figure: it holds, it fails, or the run was too short to tell."""

    HOLDS = "holds"
    FAILS = "fails"
    OPEN = "open"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Rule:
    """By what a figure is judged: `most` is how much it may grow an hour, in its unit, or as a share of its mean where
    it is `relative`; None where it is told and not judged. `falls` turns it round: less is worse.
    """

    most: float | None
    relative: bool = False
    falls: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """One figure: its trend, None where there was too little of it, and the verdict; `limit` an hour in its unit."""

    name: str
    unit: str
    trend: Trend | None
    limit: float | None
    verdict: Verdict

    @property
    def words(self) -> str:
        """It in one line."""
        if self.trend is None:
            return f"{self.name}: too little of it to tell"
        one = self.trend
        limit = "" if self.limit is None else f", at most {self.limit:+.3g}"
        return f"{self.name}: {one.slope:+.3g} {self.unit} an hour ({one.low:+.3g} to {one.high:+.3g}){limit}"


def rule_of(name: str) -> Rule:
    """Return by what the figure of this name is judged."""
    for ending, rule in _RULES.items():
        if name.endswith(ending):
            return rule
    return Rule(None)


_RULES: Final[Mapping[str, Rule]] = {
    "resident memory": Rule(_MIB_AN_HOUR),
    "anonymous memory": Rule(_MIB_AN_HOUR),
    "GPU memory": Rule(_MIB_AN_HOUR),
    "open handles": Rule(1.0),
    "threads": Rule(1.0),
    "pieces of shared memory": Rule(0.5),
    "temporary files": Rule(2.0),
    "interval p95": Rule(_A_TENTH, relative=True),
    "sound to light p95": Rule(_A_TENTH, relative=True),
    "generated a second": Rule(_A_TENTH, relative=True, falls=True),
    "shown a second": Rule(_A_TENTH, relative=True, falls=True),
}


def judge(series: Iterable[Series], duration_s: float) -> list[Judged]:
    """Return what is known of each figure after `duration_s` seconds.

    It fails where the whole interval of confidence lies beyond the limit, holds where all of it lies within, and is
    open between the two and where there is too little of it: a longer run tells.
    """
    run_s = min(RUN_WARM_UP_S, duration_s * _WARM_UP_SHARE)
    return [_judged(one, trend(one.after_warm_up(run_s, min(PROCESS_WARM_UP_S, run_s)))) for one in series]


def _judged(one: Series, found: Trend | None) -> Judged:
    rule = rule_of(one.name)
    if rule.most is None or found is None:
        verdict = Verdict.TOLD if rule.most is None else Verdict.OPEN
        return Judged(one.name, one.unit, found, None, verdict)
    sign = -1.0 if rule.falls else 1.0
    most = rule.most * abs(found.mean) if rule.relative else rule.most
    mildest, worst = sorted((sign * found.low, sign * found.high))
    verdict = Verdict.FAILS if mildest > most else Verdict.HOLDS if worst <= most else Verdict.OPEN
    verdict = verdict if found.hours >= _SHORTEST_H else Verdict.OPEN
    return Judged(one.name, one.unit, found, sign * most, verdict)


@dataclass(frozen=True, slots=True)
class Recovery:
    """How long after the end of a fault the show was well again, None where it was not before the next one."""

    at_s: float
    fault: str
    took_s: float | None


def recoveries(
    faults: Sequence[tuple[float, str, float]], well: Sequence[tuple[float, bool]], end_s: float
) -> list[Recovery]:
    """Return what became of each fault: `(at_s, words, lasts_s)`, how long it lasts by itself.

    `well` is `(at_s, whether all is well)` whenever that changed.
    """
    found = []
    for number, (at_s, words, lasts_s) in enumerate(faults):
        until_s = faults[number + 1][0] if number + 1 < len(faults) else end_s
        before = [is_well for t_s, is_well in well if t_s <= at_s][-1:] or [True]
        after = [(t_s, is_well) for t_s, is_well in well if at_s < t_s < until_s]
        last_s, ends_well = after[-1] if after else (at_s, before[0])
        found.append(Recovery(at_s, words, round(max(last_s - at_s - lasts_s, 0.0), 1) if ends_well else None))
    return found


def failures(
    judged: Iterable[Judged], found: Iterable[Recovery], stood_still: int, exit_code: int, left_behind: Sequence[str]
) -> list[str]:
    """Return why the soak has failed, a line each; none where it has not.

    `stood_still` pictures stood for more than two seconds, the show ended with `exit_code` and left things behind.
    """
    lines = [one.words for one in judged if one.verdict is Verdict.FAILS]
    lines += [f"not well again after {one.fault} at {one.at_s:.0f} s" for one in found if one.took_s is None]
    if stood_still:
        lines.append(f"{stood_still} pictures stood for more than 2 s")
    if exit_code != 0:
        lines.append(f"the show ended with exit code {exit_code}")
    return lines + [f"left behind: {thing}" for thing in left_behind]
