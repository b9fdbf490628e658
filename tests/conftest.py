"""What every test gets without asking: a cache of its own, no process that its markers do not name, and its place
among several workers (`pytest -n 2`)."""

import gc
import multiprocessing.process
import os
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Threads that wait for each other turn in circles, unless told otherwise before torch is loaded; beside a show or a
# second rank on two cores that costs more than the tiny networks of the tests do.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
if "PYTEST_XDIST_WORKER" in os.environ:  # the other cores have workers of their own
    os.environ.setdefault("OMP_NUM_THREADS", "1")
# Hundreds of programs are started, and each would translate the same sources.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A machine that is busy for a moment is no fault: how long anything takes is the benchmarks' business.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

MAY_START_PROCESSES: Final = {"proc", "device", "gl"}
"""Markers. `proc` says it; servers of `device` and what looks for a driver for `gl` are processes too."""


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Share the tests among workers (`-n 2`) so that shows are played one at a time, beside one that computes.

    In the order of collection: the stage is opened early, and no long file is left for the end.
    """
    config.option.loadscopereorder = False
    return OneStage(config, log)


def pytest_configure() -> None:
    """Let nothing be looked over for garbage while thousands of tests are found: it took a quarter of that time."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Put aside what was found: every round of the collector would look at it again, most of a second each time."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests of the house: mypy alone takes a minute, in which at the end the other worker would wait."""
    items.sort(key=lambda item: item.path.parent != Path(__file__).parent)


class OneStage(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Keeps the tests of a file together, whose fixtures they share, and of all files that want the stage for
    themselves: real shows mostly wait, and want the machine when they do not; and one clears what others left."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "stage" if file.startswith("tests/show/") or file == "tests/installation/test_shared.py" else file


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[None]:
    """Keep what the programs cache out of the user's own folder, in this process and its children.

    Mesa's compiled shaders are kept for all workers and later runs: the world's alone take half a minute. So is
    matplotlib's list of fonts, for which it reads every font of the machine.
    """
    shaders, fonts = (pytestconfig.rootpath / ".pytest_cache" / name for name in ("mesa", "matplotlib"))
    for folder in (shaders, fonts):
        folder.mkdir(parents=True, exist_ok=True)  # Mesa does without a folder that is not there
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(Path(tmp_path_factory.mktemp("cache"))))
        patch.setenv("MESA_SHADER_CACHE_DIR", str(shaders))
        patch.setenv("MPLCONFIGDIR", str(fonts))
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that starts a process, also in its fixtures, and has no marker that says so."""
    if MAY_START_PROCESSES & {mark.name for mark in item.iter_markers()}:
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "__init__", _refuse)
        patch.setattr(multiprocessing.process.BaseProcess, "start", _refuse)
        return (yield)


def _refuse(*_: Any, **__: Any) -> NoReturn:
    pytest.fail("this test starts a process: mark it `proc`, so that the tier of seconds leaves it out")
