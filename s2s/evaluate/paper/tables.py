"""All tables of the paper that a model and its data allow; of the others, what they would need."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from s2s.bundle import Bundle
from s2s.data.prepared import PreparedData
from s2s.evaluate.claims import ClaimSizes
from s2s.evaluate.metrics.clips import PairClips
from s2s.evaluate.metrics.evidence import CannotMeasureError, Evidence
from s2s.evaluate.metrics.judges import CLASS_LOGITS
from s2s.evaluate.paper.ablation import Ablation, AblationSettings, Judges
from s2s.evaluate.paper.five_classes import five_classes
from s2s.evaluate.paper.suitable import LEAST, suitable_classes, write_suitable
from s2s.evaluate.paper.table_1 import Numbers, table_1
from s2s.evaluate.paper.table_2 import table_2
from s2s.evaluate.report.model import Skipped, Table
from s2s.training.engine.device import open_device_context
from s2s.training.inputs.pair_sources import moments_of
from s2s.training.stages.judge import Judge

TABLE_2_FOLDER: Final = "table-2"


@dataclass(frozen=True, slots=True)
class PaperPlan:
    """What the tables need besides: `moments` as `select` wrote them train the rows of table 2 in `ablation`, or take
    those that `ablate` has left there. `least` is the R@1 from which a class is suitable. `left_out` is a bundle that
    was trained without `left_out_scenes` of the world; `claims` how much each claim of section 5 is measured on.
    """

    out: Path
    moments: Path | None = None
    ablation: Path | None = None
    settings: AblationSettings = field(default_factory=AblationSettings)
    least: float = LEAST
    device: str = "cpu"
    left_out: Path | None = None
    left_out_scenes: tuple[str, ...] = ()
    claims: ClaimSizes = field(default_factory=ClaimSizes)


@dataclass(frozen=True, slots=True, eq=False)
class PaperTables:
    """The tables of one model; `numbers` are its metrics, `memory` says how large that of table 1's retrieval is."""

    plan: PaperPlan
    model: Bundle
    judge: Judge | None
    evidence: Evidence
    numbers: Numbers
    memory: str

    def all(self) -> Iterator[Table | Skipped]:
        """Yield every table, or why there is none."""
        yield table_1(self.evidence, self.numbers, self.memory)
        yield _or_skipped("table 2", self._table_2)
        yield _or_skipped("the five classes of section 4.3", lambda: five_classes(self.evidence))
        yield _or_skipped("suitable categories", self._suitable)

    def _suitable(self) -> Table:
        table = suitable_classes(self.evidence, self.plan.least)
        write_suitable(self.plan.out, table, self.plan.least)
        return table

    def _table_2(self) -> Table:
        clips, f_V = self.evidence.clips, self.model.image_encoder
        if not isinstance(clips, PairClips) or not isinstance(clips.source, PreparedData):
            raise CannotMeasureError("it trains on films, whose frames can be selected; these data are none")
        if self.plan.moments is None:
            raise CannotMeasureError("it needs the moments that `select` wrote (--moments)")
        if self.judge is None or CLASS_LOGITS not in self.evidence.names or f_V is None:
            raise CannotMeasureError("it needs a classifier of the data's classes (--judge), and f_V in the model")
        moments = moments_of(clips.source, self.plan.moments)
        judges = Judges(f_V, self.model.generator, self.judge)
        folder = self.plan.ablation or self.plan.out / TABLE_2_FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        ablation = Ablation(clips.source, moments, judges, self.plan.settings, folder)
        with open_device_context(self.plan.device) as device_context:
            results: list[dict[str, Any]] = list(ablation.rows(device_context))
        return table_2(results, clips.labels)


def _or_skipped(what: str, make: Callable[[], Table]) -> Table | Skipped:
    try:
        return make()
    except CannotMeasureError as error:
        return Skipped(what, str(error))
