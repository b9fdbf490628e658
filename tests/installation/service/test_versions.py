"""A new version is tried, switched to and left again; whatever happens, there is one that runs."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from installation.options import OptionError
from installation.service import versions
from installation.service.versions import as_installed, rollback, update


def version(folder: Path, name: str) -> Path:
    """Return a version that is set up, as far as links can tell."""
    root = folder / name
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (root / "run_show.py").write_text("import sys; print('ok  model: ' + ' '.join(sys.argv[1:])); sys.exit(0)")
    return root


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return version(tmp_path, "2026-11-01")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return version(tmp_path, "2026-11-29")


@pytest.fixture(autouse=True)
def _trial(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """No process is started but in the tests that say so."""
    if request.node.get_closest_marker("proc") is None:
        monkeypatch.setattr(versions, "passes", lambda _version, _arguments: True)


def well() -> str:
    return ""


def leads(folder: Path, name: str) -> str:
    return (folder / name).readlink().name


def test_it_is_switched_to_and_back(tmp_path: Path, old: Path, new: Path) -> None:
    assert update(new, [], well, old) == 0
    assert (leads(tmp_path, "current"), leads(tmp_path, "previous")) == ("2026-11-29", "2026-11-01")
    assert rollback(well, new) == 0
    assert (leads(tmp_path, "current"), leads(tmp_path, "previous")) == ("2026-11-01", "2026-11-29")
    assert rollback(well, old) == 0
    assert leads(tmp_path, "current") == "2026-11-29"


def test_one_that_does_not_pass_its_check_is_not_taken(
    tmp_path: Path, old: Path, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "passes", lambda _version, _arguments: False)
    assert update(new, [], well, old) == 1
    assert not (tmp_path / "current").exists()


def test_one_whose_service_does_not_come_up_is_left_again(tmp_path: Path, old: Path, new: Path) -> None:
    update(new, [], well, old)
    newest = version(tmp_path, "2026-12-01")
    answers = iter(["Job failed", ""])
    assert update(newest, [], lambda: next(answers), new) == 1
    assert leads(tmp_path, "current") == "2026-11-29"


def test_there_is_a_current_at_every_moment(
    tmp_path: Path, old: Path, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(new, [], well, old)
    seen: list[str] = []
    replace: Callable[[Path, Path], Path] = Path.replace

    def watched(self: Path, target: Path) -> Path:
        seen.append(leads(tmp_path, "current"))
        moved = replace(self, target)
        seen.append(leads(tmp_path, "current"))
        return moved

    monkeypatch.setattr(Path, "replace", watched)
    rollback(well, new)
    assert seen == ["2026-11-29", "2026-11-29", "2026-11-29", "2026-11-01"]


@pytest.mark.parametrize("how", ["missing", "empty", "file", "the same"])
def test_what_is_no_version_is_said_and_nothing_changes(tmp_path: Path, old: Path, how: str) -> None:
    other = old if how == "the same" else tmp_path / "other"
    if how == "empty":
        other.mkdir()
    elif how == "file":
        other.write_text("")
    with pytest.raises(OptionError):
        update(other, [], well, old)
    assert not (tmp_path / "current").exists()


def test_a_folder_in_the_place_of_the_link_is_said_and_kept(tmp_path: Path, old: Path, new: Path) -> None:
    (tmp_path / "current").mkdir()
    with pytest.raises(OptionError, match="no link"):
        update(new, [], well, old)
    assert (tmp_path / "current").is_dir()


def test_without_one_before_there_is_no_way_back(old: Path) -> None:
    with pytest.raises(OptionError, match="no version to go back to"):
        rollback(well, old)


def test_the_service_runs_what_current_leads_to(tmp_path: Path, old: Path, new: Path) -> None:
    assert as_installed(new) == new
    update(new, [], well, old)
    assert as_installed(new) == tmp_path / "current" and as_installed(old) == old


@pytest.mark.proc
def test_the_new_versions_own_check_is_asked_with_the_shows_arguments(
    tmp_path: Path, old: Path, new: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert update(new, ["--preset", "gallery"], well, old) == 0
    assert "ok  model: --preset gallery --check 90" in capfd.readouterr().out
    (version(tmp_path, "bad") / "run_show.py").write_text("raise SystemExit('no GL')")
    assert update(tmp_path / "bad", [], well, new) == 1
    assert "no GL" in capfd.readouterr().out and (tmp_path / "current").samefile(new)
