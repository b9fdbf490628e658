"""`setup.sh` itself, with a Python and a package manager that only write down what they are told."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

pytestmark = pytest.mark.proc

ROOT: Final = Path(__file__).resolve().parent.parent
_PYTHON: Final = """#!/bin/bash
here=$(cd "$(dirname "$0")" && pwd)
case "$*" in
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && echo "venv" >> "$SETUP_LOG" ;;
  "-I -") cat > /dev/null ; [ ! -e "$here/broken" ] ;;
  "-m pip "*) echo "${*:5}" >> "$SETUP_LOG" ; [[ "$*" != *"$SETUP_FAILS_AT"* ]] || kill -9 $PPID ;;
esac
"""
SHOW_CALLS: Final = [
    "install --require-hashes -r requirements-build.lock",
    "install --require-hashes --no-build-isolation -r requirements.lock",
    "install --no-deps --no-build-isolation -e .",
]
DEV_CALLS: Final = [call.replace("requirements.lock", "requirements-dev.lock") for call in SHOW_CALLS]


class Checkout:
    """A copy of what `setup.sh` reads, on a machine that has all system libraries."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        self._tools = folder / "tools"
        self._log = folder / "log"
        for path in (self.folder, self._tools):
            path.mkdir()
        for name in ("setup.sh", "pyproject.toml", *(path.name for path in ROOT.glob("requirements*.lock"))):
            shutil.copy(ROOT / name, self.folder / name)
        self.said = ""
        self.leave_free(kilobytes=50_000_000)
        self._tool("python3.11", _PYTHON)
        self._tool("apt-get", "#!/bin/sh\n")
        self._tool("dpkg-query", "#!/bin/sh\necho install ok installed\n")

    def _tool(self, name: str, text: str) -> None:
        (self._tools / name).write_text(text)
        (self._tools / name).chmod(0o755)

    def leave_free(self, *, kilobytes: int) -> None:
        header = "Filesystem 1024-blocks Used Available Capacity Mounted on"
        self._tool("df", f"#!/bin/sh\necho '{header}\n/dev/sda 99000000 1 {kilobytes} 95% /'\n")

    def set_up(self, *options: str, killed_at: str = "nothing") -> list[str]:
        """Run it and return what it told Python to do."""
        self._log.write_text("")
        environment = {
            **os.environ,
            "PATH": f"{self._tools}:{os.environ['PATH']}",
            "SETUP_LOG": str(self._log),
            "SETUP_FAILS_AT": killed_at,
        }
        run = subprocess.run(
            ["./setup.sh", *options], check=False, cwd=self.folder, env=environment, capture_output=True, timeout=60
        )
        assert (run.returncode == 0) == (killed_at == "nothing"), run.stderr.decode()
        self.said = run.stderr.decode()
        return self._log.read_text().splitlines()

    def drop(self, package: str) -> None:
        """Take a package out of every lock."""
        for path in self.folder.glob("requirements*.lock"):
            path.write_text(path.read_text().replace(f"\n{package}==", "\n#"))


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_everything_is_installed_by_hash_and_the_project_alone_without(checkout: Checkout) -> None:
    assert checkout.set_up() == ["venv", *SHOW_CALLS]


def test_a_second_run_installs_nothing(checkout: Checkout) -> None:
    checkout.set_up("--dev")
    assert checkout.set_up("--dev") == []
    assert checkout.set_up() == []


def test_the_tests_need_more_than_the_show(checkout: Checkout) -> None:
    checkout.set_up()
    assert checkout.set_up("--dev") == DEV_CALLS


def test_a_changed_lock_is_installed_into_the_environment_there_is(checkout: Checkout) -> None:
    checkout.set_up()
    with (checkout.folder / "requirements.lock").open("a") as lock:
        lock.write("# moved on\n")
    assert checkout.set_up() == SHOW_CALLS


def test_what_left_the_locks_is_taken_out_once_its_successors_are_fetched(checkout: Checkout) -> None:
    checkout.set_up("--dev")
    checkout.drop("mpmath")
    fetch = "install --dry-run --require-hashes --no-build-isolation -r requirements-dev.lock"
    assert checkout.set_up("--dev") == [DEV_CALLS[0], fetch, "uninstall -y mpmath", *DEV_CALLS[1:]]


def test_setting_up_the_show_leaves_what_the_tests_need(checkout: Checkout) -> None:
    checkout.set_up("--dev")
    (checkout.folder / "pyproject.toml").write_text("# changed\n")
    assert checkout.set_up() == SHOW_CALLS


def test_a_disk_too_full_for_the_environment_is_told_of_before_anything_is_fetched(checkout: Checkout) -> None:
    checkout.leave_free(kilobytes=5_800_000)
    assert checkout.set_up() == ["venv", *SHOW_CALLS]
    assert checkout.said == (
        f"some 9 GB are needed, the wheels and what they unpack to; {checkout.folder} has 5 GB free\n"
    )
    checkout.set_up("--dev")
    assert "free" not in checkout.said, "what is there already is not fetched again"


def test_a_disk_with_room_is_not_spoken_of(checkout: Checkout) -> None:
    checkout.set_up()
    assert checkout.said == ""


def test_an_environment_killed_half_way_is_completed(checkout: Checkout) -> None:
    checkout.set_up(killed_at="-r requirements.lock")
    assert checkout.set_up() == SHOW_CALLS


def test_an_environment_with_missing_files_is_made_anew(checkout: Checkout) -> None:
    checkout.set_up(killed_at="-r requirements.lock")
    (checkout.folder / ".venv/bin/broken").touch()
    assert checkout.set_up() == ["venv", *SHOW_CALLS]


def test_an_option_it_does_not_know_is_refused(checkout: Checkout) -> None:
    with pytest.raises(AssertionError, match="usage"):
        checkout.set_up("--production")
