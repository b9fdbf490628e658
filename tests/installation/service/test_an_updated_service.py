"""The real program updates a service that is installed, and goes back; systemd is played by a script."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from installation.product import ROOT
from installation.service.unit import NAME
from tests.fakes import write_tiny_bundle

pytestmark = [pytest.mark.proc, pytest.mark.slow]

_PARTS: Final = ("installation", "s2s", "presets", "shaders", "run_show.py", "pyproject.toml")
_SYSTEMCTL: Final = """#!{python}
import os, re, sys
from pathlib import Path
words = [word for word in sys.argv[1:] if word != "--user"]
if words == ["--version"]:
    sys.exit(print("systemd 252 (252)"))
told = " ".join(words)
if words[0] == "restart":
    unit = Path(os.environ["XDG_CONFIG_HOME"], "systemd", "user", words[1]).read_text()
    program = Path(re.search(r'ExecStart="[^"]*" "([^"]*)"', unit)[1])
    told += f" {{program.resolve().parent.name}}"
    if (program.parent / "broken").exists():
        print("Job for the service failed", file=sys.stderr)
        with open(os.environ["TOLD"], "a") as file: print(told, "failed", file=file)
        sys.exit(1)
with open(os.environ["TOLD"], "a") as file:
    print(told, file=file)
"""
_STUB: Final = "import sys; print('ok  model: ' + ' '.join(sys.argv[1:]))"


class Machine:
    """A folder of versions, the first of them the real program, and what systemd was told."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.versions = folder / "show"
        self._told, self._venue, self._model = folder / "told", folder / "venue", model
        tools = folder / "tools"
        tools.mkdir()
        self._script(tools / "systemctl", _SYSTEMCTL.format(python=sys.executable))
        self._environment = {
            **{**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "TOLD": str(self._told)},
            **{"XDG_CONFIG_HOME": str(folder / "config"), "PYTHONDONTWRITEBYTECODE": "1"},
        }
        self.unit = folder / "config" / "systemd" / "user" / NAME
        first = self.version("2026-11-01")
        (first / "run_show.py").unlink()
        for part in _PARTS:
            whole = ROOT / part
            skipped = shutil.ignore_patterns("*.safetensors", "__pycache__", "manual", "web")
            shutil.copytree(whole, first / part, ignore=skipped) if whole.is_dir() else shutil.copy(whole, first / part)

    def version(self, name: str) -> Path:
        """Set up another version: one that says that all is there."""
        root = self.versions / name
        (root / ".venv" / "bin").mkdir(parents=True)
        self._script(root / ".venv" / "bin" / "python", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (root / "run_show.py").write_text(_STUB)
        return root

    def run(self, *words: str) -> tuple[int, str]:
        """Run the real program; return its exit code and what it said."""
        root = self.versions / "2026-11-01"
        show = ("--model", str(self._model), "--venue", str(self._venue), "--output", "headless")
        command = [str(root / ".venv" / "bin" / "python"), str(root / "run_show.py"), *words, "--user", *show]
        ended = subprocess.run(
            command, check=False, cwd=self.versions, env=self._environment, capture_output=True, text=True, timeout=300
        )
        return ended.returncode, ended.stdout + ended.stderr

    def told(self) -> list[str]:
        """Return what systemd was told since the last call; of a restart also which version runs then."""
        lines = self._told.read_text().splitlines() if self._told.exists() else []
        self._told.unlink(missing_ok=True)
        return [line.replace(f" {NAME}", "") for line in lines]

    def _script(self, path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path, write_tiny_bundle(tmp_path / "tiny"))
    code, said = machine.run("--install-service")
    assert code == 0 and machine.told() == ["daemon-reload", "enable", "restart 2026-11-01"], said
    return machine


def test_the_service_runs_the_new_version_and_the_old_one_again(machine: Machine) -> None:
    new = machine.version("2026-11-29")
    code, said = machine.run("--update", str(new))
    assert code == 0 and "current is 2026-11-29; 2026-11-01 is a --rollback away" in said, said
    assert machine.told() == ["daemon-reload", "restart 2026-11-29"]  # it was installed before there was a `current`
    assert str(machine.versions / "2026-11-01") not in machine.unit.read_text()
    code, said = machine.run("--rollback")
    assert code == 0 and "current is 2026-11-01" in said, said
    assert machine.told() == ["restart 2026-11-01"]


def test_a_version_whose_service_does_not_come_up_is_left_again(machine: Machine) -> None:
    (machine.version("2026-12-01") / "broken").touch()
    code, said = machine.run("--update", str(machine.versions / "2026-12-01"))
    assert code == 1 and "2026-12-01 does not come up (Job for the service failed): 2026-11-01 runs again" in said, said
    assert machine.told() == ["daemon-reload", "restart 2026-12-01 failed", "restart 2026-11-01"]


def test_a_unit_that_somebody_wrote_is_left_as_it_is_and_that_is_said(machine: Machine) -> None:
    own = '[Service]\nExecStart="/usr/bin/python3" "/somewhere/else/run_show.py"\n'
    machine.unit.write_text(own)
    code, said = machine.run("--update", str(machine.version("2026-11-29")))
    assert machine.unit.read_text() == own
    assert code == 1 and "the service runs /somewhere/else" in said and "--install-service" in said, said
