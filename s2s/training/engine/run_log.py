"""What a run tells while it goes on: `log.jsonl`, TensorBoard where wanted, a bar on a terminal, lines elsewhere."""

import json
import logging
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from s2s.files.atomic_write import write_text

_log = logging.getLogger(__name__)

LOG: Final = "log.jsonl"
_TELL_EVERY_S: Final = 60.0


class RunLog:
    """The log of rank 0; the other ranks have a silent one (`out` None). Lines of after `step` are dropped."""

    def __init__(self, out: Path | None, *, step: int, total: int, tensorboard: bool = False) -> None:
        self._out, self._logged_s = out, float("-inf")
        self._newest: dict[str, float] = {}
        self._board = _board(out / "tensorboard", step) if out is not None and tensorboard else None
        if out is not None:
            self._begin(out / LOG, step)
        self._bar = tqdm(total=total, initial=step, disable=True if out is None else None, unit=" steps")

    @staticmethod
    def _begin(path: Path, step: int) -> None:
        """Keep the lines up to `step`: a run that was killed wrote more than its last checkpoint knows."""
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True) if path.exists() else []
        write_text(path, "".join(line for line in lines if _step_of(line) <= step))

    def write(self, step: int, values: dict[str, float], **more: Any) -> None:
        """Append one line."""
        if self._out is None:
            return
        self._newest |= values
        with (self._out / LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, **more, **values}) + "\n")
        if self._board is not None:
            for name, value in values.items():
                self._board.add_scalar(name, value, step)

    def picture(self, step: int, sheet: NDArray[np.uint8]) -> None:
        """Keep a sheet as `sheet.png` and under its step."""
        if self._out is None:
            return
        image = Image.fromarray(sheet)
        image.save(self._out / "sheet.png")
        image.save(self._out / f"sheet-{step:07d}.png")
        if self._board is not None:
            self._board.add_image("sheet", sheet, step, dataformats="HWC")

    def advance(self, step: int, trained_s: float, left_s: float, values: dict[str, float]) -> None:
        """Move the bar; where there is no terminal say now and then how far things are, at what rate."""
        summary = ", ".join(f"{name} {value:.4g}" for name, value in list(values.items())[:3])
        self._bar.update(step - self._bar.n)
        self._bar.set_postfix_str(summary, refresh=False)
        if self._out is not None and self._bar.disable and trained_s - self._logged_s >= _TELL_EVERY_S:
            self._logged_s = trained_s
            rate = step / max(trained_s, 1e-9)
            _log.info("%s: step %d, %.2f steps/s, %.0f min left; %s", self._out.name, step, rate, left_s / 60, summary)

    def end(self, step: int, trained_s: float, best: tuple[float, int] | None) -> None:
        """Say what came of the run: its newest values, and the best loss on what is held out with its step."""
        if self._out is None:
            return
        values = sorted(self._newest.items(), key=lambda item: item[0].startswith("val_"))
        newest = ", ".join(f"{name} {value:.4g}" for name, value in values) or "nothing was left to do"
        held_out = "" if best is None else f"; best validated loss {best[0]:.4g}, at step {best[1]}"
        _log.info("%s: step %d after %.1f min: %s%s", self._out, step, trained_s / 60, newest, held_out)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()
        if self._board is not None:
            self._board.close()


def _step_of(line: str) -> float:
    """Return which step a line is of: none that is ever reached where it was cut off or is damaged."""
    try:
        return float(json.loads(line)["step"]) if line.endswith("\n") else float("inf")
    except (ValueError, LookupError, TypeError):
        return float("inf")


def _board(folder: Path, step: int) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise ValueError("--tensorboard needs its package: pip install tensorboard") from error
    return SummaryWriter(str(folder), purge_step=step + 1)  # of a run that was killed, what came after its checkpoint
