"""The house's own rules: lint, format and types, by the tools as `pyproject.toml` sets them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.proc
@pytest.mark.parametrize(
    "command", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]], ids=" ".join
)
def test_the_house_is_tidy(command: list[str]) -> None:
    found = subprocess.run(
        [sys.executable, "-m", *command], check=False, cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_no_file_outgrows_one_idea() -> None:
    packages = [path for package in ("installation", "s2s") for path in (ROOT / package).rglob("*.py")]
    long = {str(path.relative_to(ROOT)): n for path in packages if (n := len(path.read_text().splitlines())) > 400}
    assert long == {}
