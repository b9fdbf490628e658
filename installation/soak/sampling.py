"""From two looks at `/metrics` to what happened between them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from installation.logs.exposition import Labels

_P: Final = "sound2scene_"

Scrape = Mapping[tuple[str, Labels], float]


@dataclass(frozen=True, slots=True)
class Interval:
    """What the show did between two looks: rates a second, percentiles in ms, None where nothing was counted."""

    shown_fps: float | None
    generated_fps: float | None
    interval_p95_ms: float | None
    interval_p99_ms: float | None
    fast_p95_ms: float | None


def between(before: Scrape, after: Scrape, took_s: float) -> Interval:
    """Return what happened in `took_s` seconds."""
    interval, fast = _P + "picture_interval_seconds", _P + "sound_to_light_seconds"
    return Interval(
        _rate(before, after, _P + "pictures_shown_total", took_s),
        _rate(before, after, _P + "pictures_generated_total", took_s),
        percentile_ms(before, after, interval, 0.95),
        percentile_ms(before, after, interval, 0.99),
        percentile_ms(before, after, fast, 0.95),
    )


def percentile_ms(before: Scrape, after: Scrape, name: str, share: float) -> float | None:
    """Return the duration that `share` of those counted between the looks stay below, linear within its bucket."""
    edges = [
        (float(labels[0][1]), count - before.get((key, labels), 0.0))
        for (key, labels), count in after.items()
        if key == f"{name}_bucket"
    ]
    if not edges or edges[-1][1] <= 0:
        return None
    rank, low_s, below = edges[-1][1] * share, 0.0, 0.0
    for edge_s, cumulated in edges:
        if cumulated >= rank:
            if edge_s == float("inf"):
                return low_s * 1e3
            return (low_s + (edge_s - low_s) * (rank - below) / max(cumulated - below, 1e-9)) * 1e3
        low_s, below = edge_s, cumulated
    return None


def longer_than(scrape: Scrape, edge_s: str) -> int:
    """Return how many pictures stood for longer than the bucket's edge, in the whole run."""
    name = _P + "picture_interval_seconds"
    return int(scrape.get((f"{name}_count", ()), 0.0) - scrape.get((f"{name}_bucket", (("le", edge_s),)), 0.0))


def pids(scrape: Scrape) -> dict[str, int]:
    """Return the processes of the show by name."""
    return {labels[0][1]: int(value) for (key, labels), value in scrape.items() if key == _P + "process_id"}


def generated(scrape: Scrape) -> int:
    """Return how many pictures have been generated."""
    return int(scrape.get((_P + "pictures_generated_total", ()), 0.0))


def _rate(before: Scrape, after: Scrape, name: str, took_s: float) -> float | None:
    grown = after.get((name, ()), 0.0) - before.get((name, ()), 0.0)
    return grown / took_s if took_s > 0 and grown >= 0 else None
