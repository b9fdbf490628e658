"""Everything that is to be fast, measured by one command, each beside its baseline in the same run.

`python -m tests.benchmarks OUT.json` takes some ten minutes on two cores, with `--quick` two. Nothing else should run.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from installation.output.headless import open_headless
from tests.benchmarks.drawing import PASSES, Drawing, alternating_ms

_HALF: Final = 0.5
_OSC_PORT: Final = 9471


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a table, and write the numbers."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.json", help="where the numbers go")
    parser.add_argument("--quick", action="store_true", help="fewer repeats, shorter shows")
    args = parser.parse_args(arguments)
    numbers = library(quick=args.quick)
    drawn = passes(20 if args.quick else 100)
    shows = show(20.0 if args.quick else 120.0)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps({"library": numbers, "passes": drawn, "show": shows}, indent=2) + "\n")
    sys.stdout.write("\n".join([*pass_lines(drawn), "", *show_lines(shows)]) + "\n")


def library(*, quick: bool) -> dict[str, Any]:
    """Run `s2s bench`: running and whole encoder, generator and published arithmetic; it prints its own table."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bench.json"
        command = [sys.executable, "-m", "s2s", "bench", "--json", str(out)]
        subprocess.run([*command, "--quick"] if quick else command, check=True)
        numbers: dict[str, Any] = json.loads(out.read_text())
    return numbers


def passes(repeats: int) -> list[dict[str, Any]]:
    """Draw a picture of the show whole, with every pass by itself, and with each alone; the baseline is none at all."""
    surface = open_headless((16, 16))
    chains = {"no pass": (), "all passes": PASSES, **{name: (name,) for name in PASSES}}
    drawings = [Drawing(surface.context, chain, _HALF) for chain in chains.values()]
    took_ms = alternating_ms([drawing.draw for drawing in drawings], repeats)
    for drawing in drawings:
        drawing.close()
    surface.close()
    rows = zip(chains, took_ms, strict=True)
    return [
        {"name": name, "processor_ms": round(ms, 2), "over_none_ms": round(ms - took_ms[0], 2)} for name, ms in rows
    ]


def show(duration_s: float) -> dict[str, dict[str, Any]]:
    """Run the built-in performance headless, first with a slow path that rests, then with the real one."""
    return {
        "inference rests": _show_report("-m", "tests.benchmarks.resting_show", duration_s=duration_s),
        "inference works": _show_report("run_show.py", duration_s=duration_s),
    }


def _show_report(*program: str, duration_s: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        arguments = [
            "--source",
            "demo",
            "--output",
            "headless",
            "--size",
            "1280x720",
            "--no-page",
            "--oscquery",
            "none",
        ]
        arguments += ["--midi", "none"]
        arguments += ["--osc-port", str(_OSC_PORT), "--duration", f"{duration_s:g}", "--report", str(out)]
        subprocess.run([sys.executable, *program, *arguments], check=True)
        report: dict[str, Any] = json.loads(out.read_text())
    return {key: report[key] for key in ("display", "generator", "encoder", "latency", "render", "memory", "errors")}


def pass_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the table of the passes."""
    head = "a picture of 1280x720, passes at half of its height, ms of processor (over that without passes)"
    return [head, *(f"{row['name']:<12} {row['processor_ms']:7.1f} {row['over_none_ms']:7.1f}" for row in rows)]


def show_lines(shows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the table of the two shows."""
    lines = [
        f"{'the show at 1280x720':<18} {'fps':>6} {'p50':>6} {'p95':>6} {'p99':>6} {'max':>6} {'generated':>9} scale"
    ]
    for name, report in shows.items():
        interval_ms, generator = report["display"]["interval_ms"], report["generator"]
        cells = " ".join(f"{interval_ms[key]:6.1f}" for key in ("p50", "p95", "p99", "max"))
        scale = report["render"]["internal_scale"]
        lines.append(f"{name:<20} {report['display']['fps']:6.1f} {cells} {generator['fps']:9.1f} {scale:5.2f}")
    return lines


if __name__ == "__main__":
    main()
