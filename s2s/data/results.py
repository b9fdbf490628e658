"""What `prepare` leaves when all is done: `index.jsonl`, `skipped.jsonl` and `report.json`. Only rank 0 writes them."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from s2s.data.clip_index import IndexRow, index_text
from s2s.data.corpus import Split
from s2s.data.outcome import Outcome
from s2s.data.settings import PrepareSettings
from s2s.data.shards import held_bytes
from s2s.files.atomic_write import write_text
from s2s.rates import SAMPLE_RATE_HZ

SPLITS: Final[tuple[Split, ...]] = ("train", "val", "test")


def final_outcomes(noted: Iterable[Outcome]) -> dict[str, Outcome]:
    """Return what became of every film in the end: clips, where any attempt made some."""
    final: dict[str, Outcome] = {}
    for outcome in noted:
        if outcome.id not in final or final[outcome.id].skipped is not None:
            final[outcome.id] = outcome
    return dict(sorted(final.items()))


def write_results(out: Path, outcomes: dict[str, Outcome], settings: PrepareSettings) -> dict[str, Any]:
    """Write the three files, the index last: where it is, the rest is whole. Returns the report."""
    rows = sorted((row for outcome in outcomes.values() for row in outcome.rows), key=lambda row: row.id)
    skipped = [outcome for outcome in outcomes.values() if outcome.skipped is not None]
    lines = ({"id": each.id, "source": each.source, "reason": each.skipped} for each in skipped)
    write_text(out / "skipped.jsonl", "".join(json.dumps(line) + "\n" for line in lines), shared=True)
    report = _report(outcomes, rows, settings)
    write_text(out / "report.json", json.dumps(report, indent=1) + "\n", shared=True)
    write_text(out / "index.jsonl", index_text(rows), shared=True)
    return report


def _report(outcomes: dict[str, Outcome], rows: list[IndexRow], settings: PrepareSettings) -> dict[str, Any]:
    used = [outcome for outcome in outcomes.values() if outcome.rows]
    shares = dict(zip(SPLITS, settings.shares, strict=True))
    clips = Counter(row.split for row in rows)
    empty = [split for split in SPLITS if shares[split] > 0 and not clips[split]]
    return {
        "films": len(outcomes),
        "used": len(used),
        "skipped": len(outcomes) - len(used),
        "clips": len(rows),
        "hours": round(sum(row.num_samples for row in rows) / SAMPLE_RATE_HZ / 3600, 4),
        "frames": sum(row.num_frames for row in rows),
        "bytes": sum(held_bytes(rows).values()),
        "splits": {split: _split_report(split, used) for split in SPLITS},
        "labels": dict(sorted(Counter(row.label for row in rows if row.label is not None).items())),
        "warnings": [f"no clip is for {split}: too few films, or those of it were skipped" for split in empty],
        "remarks": [{"source": each.source, "remark": remark} for each in used for remark in each.remarks],
    }


def _split_report(split: Split, used: list[Outcome]) -> dict[str, int]:
    own = [outcome for outcome in used if outcome.split == split]
    recordings = {outcome.recording for outcome in own}
    return {"recordings": len(recordings), "films": len(own), "clips": sum(len(outcome.rows) for outcome in own)}
