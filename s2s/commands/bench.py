"""`bench`: how fast this machine is, each number beside that of the published arithmetic in the same run."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from s2s.card import DEFAULT_BUNDLE
from s2s.commands.arguments import Verbs, at_least, device
from s2s.commands.record import write_run

if TYPE_CHECKING:
    from s2s.bench.measuring import Machine, Measurement, Timing

_REPEATS: Final = 20
_QUICK_REPEATS: Final = 5
_QUICK_PX: Final = (128,)
_CALLS_A_STEP: Final = 4
_FEWEST_STEPS: Final = 2
"""A step of training takes seconds: it is repeated a quarter as often, and at least twice."""
_STORY: Final = """Time the spectrogram, the audio encoder and the generator for one clip and one picture, at published
sizes and those of a bundle. Where there is something to compare with, the two sides take turns: medians over the
repeats (95th percentile), how many times faster, and the largest difference between the two in parts of the largest
value. A machine that does other things meanwhile shows it in the percentiles. Last, samples a second that the audio
encoder is trained on, beside the published recipe; there the difference is that of the second step's loss."""


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("bench", help="how fast this machine is", description=_STORY)
    verb.add_argument(
        "--model", type=Path, default=DEFAULT_BUNDLE, metavar="BUNDLE", help="default: the one that ships"
    )
    verb.add_argument("--repeats", type=at_least(1), help=f"default {_REPEATS}, with --quick {_QUICK_REPEATS}")
    verb.add_argument("--threads", type=at_least(1), help="of both sides; default: as many as there are cores")
    verb.add_argument("--device", type=device, default="cpu", help="cpu, cuda or cuda:N (default cpu)")
    verb.add_argument("--quick", action="store_true", help="few repeats, and of the published generators 128 px alone")
    verb.add_argument("--json", type=Path, metavar="OUT.json", help="keep the numbers, too")
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    import scipy.fft
    import torch
    from tqdm import tqdm

    from s2s.bench.cases import PUBLISHED_SIZES, plan
    from s2s.bench.measuring import Case, Measurement, measure, this_machine

    if args.threads:
        torch.set_num_threads(args.threads)
    repeats = args.repeats or (_QUICK_REPEATS if args.quick else _REPEATS)
    resolutions = _QUICK_PX if args.quick else tuple(PUBLISHED_SIZES)
    if args.json is not None:
        args.json.parent.mkdir(parents=True, exist_ok=True)  # before the minutes, not after
    machine = this_machine(args.device)

    def measured(case: Case) -> Measurement:
        return measure(case, max(repeats // _CALLS_A_STEP, _FEWEST_STEPS) if case.samples else repeats)

    with scipy.fft.set_workers(machine.threads):
        cases = tqdm(plan(args.model, args.device, resolutions=resolutions), desc="bench", disable=None)
        rows = [measured(build()) for build in cases]
    if args.json is not None:
        write_run(args.json, args, {"machine": asdict(machine), "rows": [row.to_dict() for row in rows]})
    print(as_table(machine, rows))


def as_table(machine: "Machine", rows: Sequence["Measurement"]) -> str:
    """Return the machine and one line per row."""
    repeats = next((row.ours.repeats for row in rows if not row.samples), 0)
    threads = "1 thread" if machine.threads == 1 else f"{machine.threads} threads"
    lines = [
        f"{machine.cpu}, {threads}, torch {machine.torch}, networks on {machine.device}",
        f"medians of {repeats} in ms (95th percentile); difference in parts of the largest value",
        "",
        f"{'':<38} {'ours':>17} {'compared':>17} {'times':>6} {'difference':>10}  compared with",
    ]
    lines += [_line(row) for row in rows if not row.samples]
    if training := [row for row in rows if row.samples]:
        lines += ["", f"training, samples a second: medians of {training[0].ours.repeats} steps", ""]
        lines += [_line(row) for row in training]
    return "\n".join(lines)


def _line(row: "Measurement") -> str:
    faster = "" if row.speed_up is None else f"{row.speed_up:.2f}"
    difference = "" if row.largest_difference is None else f"{row.largest_difference:.1e}"
    times = f"{_cell(row, row.ours):>17} {_cell(row, row.baseline):>17} {faster:>6} {difference:>10}"
    return f"{row.name:<38} {times}  {row.compared_with}".rstrip()


def _cell(row: "Measurement", timing: "Timing | None") -> str:
    if timing is None:
        return ""
    if row.samples:
        return f"{row.samples_per_s(timing):.2f} samples/s"
    return f"{timing.median_ms:.1f} ({timing.p95_ms:.1f})"
