"""The long run: `python -m tests.fuzz --cases 1000000`, of all families or of one, as long as there is time.

What was done is kept in `--state`, so that a run goes on where the last one stopped; each finding lies there as a file
that `--replay` reads again.
"""

import argparse
import hashlib
import json
import logging
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from s2s.files.atomic_write import write_text
from tests.fuzz.batch import Batch, run_apart
from tests.fuzz.families import FAMILIES
from tests.fuzz.family import Family, judge

_BATCH: Final = 2_000


@dataclass(slots=True)
class Done:
    """What was done of one family so far; `findings` are their words by the names of their files."""

    batches: int = 0
    cases: int = 0
    seconds: float = 0.0
    findings: dict[str, str] = field(default_factory=dict)


class Record:
    """What was done so far, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "state.json"
        kept = json.loads(self._path.read_text(encoding="utf-8")) if self._path.exists() else {}
        self.done = {name: Done(**kept.get(name, {})) for name in FAMILIES}

    def add(self, family: Family, batch: Batch, seconds: float) -> list[str]:
        """Keep what came of a batch; return what is new of it, a line each."""
        done, new = self.done[family.name], []
        done.batches, done.cases, done.seconds = done.batches + 1, done.cases + batch.cases, done.seconds + seconds
        for finding in batch.findings:
            if finding.what not in done.findings.values():
                name = f"{family.name}-{hashlib.sha256(finding.case).hexdigest()[:12]}.bin"
                self._folder.mkdir(parents=True, exist_ok=True)
                (self._folder / name).write_bytes(finding.case)
                done.findings[name] = finding.what
                new.append(f"{name}: {finding.what}\n{finding.told}")
        self._folder.mkdir(parents=True, exist_ok=True)
        write_text(self._path, json.dumps({name: asdict(one) for name, one in self.done.items()}, indent=1))
        return new

    def table(self) -> str:
        """Return the counts, a family a line."""
        rows = [f"{'family':<12}{'cases':>10}{'findings':>10}{'ms a case':>11}"]
        for name, done in self.done.items():
            if done.cases:
                rows.append(
                    f"{name:<12}{done.cases:>10}{len(done.findings):>10}{1e3 * done.seconds / done.cases:>11.2f}"
                )
        cases, findings = (
            sum(done.cases for done in self.done.values()),
            sum(len(d.findings) for d in self.done.values()),
        )
        rows.append(f"{'all':<12}{cases:>10}{findings:>10}")
        return "\n".join(rows)


def main() -> int:
    """Run, and return 1 where anything was found."""
    arguments = _arguments()
    logging.disable(logging.CRITICAL)
    if arguments.replay:
        return _replay(FAMILIES[arguments.target[0]], arguments.replay)
    record, ends_at = Record(arguments.state), time.monotonic() + arguments.minutes * 60
    families = [FAMILIES[name] for name in arguments.target or FAMILIES]
    whole = sum(family.share for family in families)
    wanted = {family.name: round(arguments.cases * family.share / whole) for family in families}
    while time.monotonic() < ends_at:
        # The one that lags most behind its part: a run that is cut short has read some of each.
        family = min(families, key=lambda one: record.done[one.name].cases / max(wanted[one.name], 1))
        done = record.done[family.name]
        if done.cases >= wanted[family.name]:
            break
        began = time.monotonic()
        batch = run_apart(family, done.batches, min(_BATCH, wanted[family.name] - done.cases))
        for line in record.add(family, batch, time.monotonic() - began):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{record.table()}\n")
    return 1 if any(done.findings for done in record.done.values()) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000, help="of all families together (default: a million)")
    parser.add_argument("--target", action="append", choices=list(FAMILIES), help="one family; may be given again")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long, to go on another time")
    parser.add_argument("--state", type=Path, default=Path("build/fuzz"), help="what was done (default: build/fuzz)")
    parser.add_argument("--replay", type=Path, help="read one finding again, with its --target")
    return parser.parse_args()


def _replay(family: Family, path: Path) -> int:
    with tempfile.TemporaryDirectory() as name, family.opened(Path(name)) as read:
        finding = judge(read, family.refusals, path.read_bytes())
    sys.stdout.write("read as promised\n" if finding is None else f"{finding.what}\n{finding.told}\n")
    return 0 if finding is None else 1


if __name__ == "__main__":
    sys.exit(main())
