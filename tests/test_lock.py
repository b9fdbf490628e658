"""What `setup.sh` installs is locked by hash, and the locks hold what `pyproject.toml` asks for."""

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parent.parent
SHOW, DEV, BUILD = "requirements.lock", "requirements-dev.lock", "requirements-build.lock"
MACHINES: Final = [(python, machine) for python in ("3.11", "3.12") for machine in ("x86_64", "aarch64")]


def entries(lock: str) -> dict[Requirement, frozenset[str]]:
    """Every requirement of a lock with its hashes."""
    text = re.sub(r"\s*#.*", "", (ROOT / lock).read_text(encoding="utf-8")).replace("\\\n", " ")
    lines = [line.split(" --hash=") for line in text.splitlines() if line.strip()]
    return {Requirement(first): frozenset(hash_.strip() for hash_ in hashes) for first, *hashes in lines}


def locked_on(lock: str, python: str, machine: str) -> dict[str, str]:
    """The versions a lock gives to one kind of Linux machine, by canonical name; a name comes once."""
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "platform_machine": machine,
        "platform_system": "Linux",
        "sys_platform": "linux",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    here = [entry for entry in entries(lock) if entry.marker is None or entry.marker.evaluate(environment)]
    versions = {str(canonicalize_name(entry.name)): str(entry.specifier).removeprefix("==") for entry in here}
    assert len(versions) == len(here)
    return versions


def asked_for(lock: str) -> list[Requirement]:
    """What `pyproject.toml` says that a lock must hold."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = document["project"]
    texts = {
        SHOW: project["dependencies"],
        DEV: [*project["dependencies"], *project["optional-dependencies"]["dev"]],
        BUILD: [*document["build-system"]["requires"], *document["dependency-groups"]["build"]],
    }
    return [Requirement(text) for text in texts[lock]]


@pytest.mark.parametrize("lock", [SHOW, DEV, BUILD])
@pytest.mark.parametrize(("python", "machine"), MACHINES)
def test_a_lock_holds_what_the_project_asks_for_at_a_version_it_admits(lock: str, python: str, machine: str) -> None:
    locked = locked_on(lock, python, machine)
    for asked in asked_for(lock):
        version = locked[str(canonicalize_name(asked.name))]
        assert asked.specifier.contains(version), f"{asked} is locked at {version}: run ./setup.sh --lock"


@pytest.mark.parametrize("lock", [SHOW, DEV, BUILD])
def test_every_entry_is_one_version_with_its_hashes(lock: str) -> None:
    for entry, hashes in entries(lock).items():
        assert [one.operator for one in entry.specifier] == ["=="], entry
        assert hashes, entry
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), entry


@pytest.mark.parametrize("lock", [SHOW, DEV, BUILD])
def test_a_lock_names_no_place_to_fetch_from(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links| @ ", text) == []


def test_the_tests_run_on_what_the_show_runs_on() -> None:
    show, dev = entries(SHOW), entries(DEV)
    assert {entry: dev.get(entry) for entry in show} == show


@pytest.mark.parametrize(("python", "machine"), MACHINES)
def test_what_builds_is_what_stays_installed(python: str, machine: str) -> None:
    build, dev = locked_on(BUILD, python, machine), locked_on(DEV, python, machine)
    shared = build.keys() & dev.keys()
    assert "setuptools" in shared
    assert {name: build[name] for name in shared} == {name: dev[name] for name in shared}
