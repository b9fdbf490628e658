"""Table 2 from what `ablation` trained and judged: losses, frame selection, durations; the mean over seeds."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from scipy import stats

from s2s.evaluate.paper.published import TABLE_2, corpus_of
from s2s.evaluate.report.model import Column, Row, Table, Value

_COLUMNS: Final = (
    Column("r1", "R@1", "share", "up"),
    Column("r5", "R@5", "share", "up"),
    Column("fid", "FID", "", "down"),
)
_KEYS: Final = {"r1": "r1", "r5": "r5", "fid": "fd"}


def table_2(results: Sequence[Mapping[str, Any]], labels: Sequence[str | None]) -> Table:
    """Return a row for each way of training; intervals are Student's over seeds, none for one seed."""
    rows = []
    for name in dict.fromkeys(result["name"] for result in results):
        own = [result for result in results if result["name"] == name]
        cells = {key: _over_seeds([result[found] for result in own]) for key, found in _KEYS.items()}
        published = {key: value for key, value in TABLE_2.get(name, {}).items() if key in _KEYS}
        rows.append(Row(name, cells, published))
    _, said = corpus_of(labels)
    note = f"by the corpus's own classifier, with intervals over seeds; {said}"
    return Table("table-2", "Losses, frame selection and duration", "Table 2", _COLUMNS, rows, note)


def _over_seeds(values: Sequence[float]) -> Value:
    mean, count = float(np.mean(values)), len(values)
    if count < 2:
        return Value(mean)
    reach = float(stats.t.ppf(0.975, count - 1) * np.std(values, ddof=1) / np.sqrt(count))
    return Value(mean, mean - reach, mean + reach)
