"""Measurements that were finished: a line of JSON each, which a run that goes on does not make again."""

import json
from pathlib import Path
from typing import Final

import pydantic

from s2s.evaluate.report.model import Metric
from s2s.files.line_file import LineFile

METRICS_FILE: Final = "metrics.jsonl"
_ADAPTER: Final = pydantic.TypeAdapter(Metric)


class KeptMetrics:
    """`metrics.jsonl` in a folder; one process writes it."""

    def __init__(self, folder: Path) -> None:
        """Read what is there; a last line that was being written when a run died is dropped. Raises ValueError."""
        self._file = LineFile(folder / METRICS_FILE)
        self._metrics = {}
        for number, line in enumerate(self._file.lines, 1):
            try:
                metric = _ADAPTER.validate_json(line)
            except pydantic.ValidationError as error:
                raise ValueError(
                    f"{self._file.path}, line {number} is no measurement: choose an empty folder"
                ) from error
            self._metrics[metric.name, metric.of] = metric

    def get(self, name: str, of: str) -> Metric | None:
        """Return what was measured, None where it was not yet."""
        return self._metrics.get((name, of))

    def append(self, metric: Metric) -> Metric:
        """Write a measurement; when this returns it survives the machine. Return it as it is read back."""
        line = json.dumps(_ADAPTER.dump_python(metric, mode="json"), ensure_ascii=False)
        self._file.append(line)
        kept = _ADAPTER.validate_json(line)
        self._metrics[metric.name, metric.of] = kept
        return kept
