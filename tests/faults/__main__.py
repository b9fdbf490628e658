"""`python -m tests.faults [--model DIR] [--write] [WORDS…]`: every fault whose name holds one of the words, or all."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.fakes import write_tiny_bundle
from tests.faults.table import model_for, named, row, write_table


def main() -> int:
    """Run the faults one after another; return 1 where one of them was not survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Hurt the real program.")
    parser.add_argument("words", nargs="*", help="faults whose names hold one of these")
    parser.add_argument("--model", type=Path, help="the bundle that plays (default: a small one of random weights)")
    parser.add_argument("--write", action="store_true", help="write the table into installation/manual/faults.md")
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="model-") as folder:
        return hurt(parsed.words, parsed.model or write_tiny_bundle(Path(folder) / "tiny"), write=parsed.write)


def hurt(words: list[str], model: Path, *, write: bool) -> int:
    """Run the faults that `words` name with a show of this model."""
    rows, failed = [], 0
    for name, run in named(words).items():
        with tempfile.TemporaryDirectory(prefix="fault-") as folder:
            try:
                rows.append(row(name, run(Path(folder), model_for(name, model.absolute()))))
            except Exception as error:  # the others are to be tried all the same
                failed += 1
                sys.stderr.write(f"{name}: {error}\n")
                rows.append(f"| {name} | – | – | **not survived**: {' '.join(str(error).split())[:80]} |")
        sys.stdout.write(rows[-1] + "\n")
        sys.stdout.flush()
    if write:
        write_table(rows)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
