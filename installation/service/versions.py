"""A new version of the program beside the old one: tried, switched to, and back, in one command each.

    FOLDER/2026-11-01  FOLDER/2026-11-29   versions, each a checkout that `./setup.sh` has set up
    FOLDER/current -> 2026-11-29           what the service runs
    FOLDER/previous -> 2026-11-01          what `--rollback` goes back to

Links change in one step each, so that there is a `current` at every moment, also after a power cut. The venue's folder
lies elsewhere and is not touched.
"""

import logging
import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from installation.exit_codes import ExitCode
from installation.options import OptionError
from installation.product import ROOT
from installation.standard_output import print_out
from s2s.files.atomic_write import atomic_path
from s2s.files.quote import one_line

log = logging.getLogger(__name__)

CURRENT: Final = "current"
PREVIOUS: Final = "previous"
_TRIAL_S: Final = 90.0
"""Beside a show that runs, on a machine of two cores, a second one takes long to come alive."""
_TRIAL_LIMIT_S: Final = 120.0
_PYTHON: Final = Path(".venv", "bin", "python")

Restart = Callable[[], str]
"""Restarts the service, if there is one; returns why it does not run then, empty where it does."""


def link_of(root: Path = ROOT) -> Path:
    """Return the link that leads to the current version, whether or not it is there yet."""
    return root.resolve().parent / CURRENT


def as_installed(root: Path = ROOT) -> Path:
    """Return how the program at `root` is named for good: by `current`, where that leads to it."""
    link = root.parent / CURRENT
    try:
        return link if link.is_symlink() and link.resolve() == root.resolve() else root
    except (OSError, RuntimeError):
        return root


def update(to: Path, arguments: Sequence[str], restart: Restart, root: Path = ROOT) -> int:
    """Try the version in the folder `to` with the show's `arguments`, then make it the current one.

    Where it does not pass its own `--check`, or its service does not come up, what ran before runs on. Raises
    OptionError.
    """
    new = _version(to)
    folder, before = root.resolve().parent, _current(root)
    if new == before:
        raise OptionError(f"{new} is the current version already")
    print_out(f"trying {new}\n")
    if not passes(new, arguments):
        print_out(f"{new.name} is not taken: {before.name} stays\n")
        return ExitCode.UNEXPECTED
    _switch(folder, new, before)
    return _restarted(folder, new, before, restart)


def rollback(restart: Restart, root: Path = ROOT) -> int:
    """Make the version that was current before this one current again. Raises OptionError."""
    folder, before = root.resolve().parent, _current(root)
    link = folder / PREVIOUS
    if not link.is_symlink():
        raise OptionError(f"there is no version to go back to: no {link}")
    new = _version(link)
    _switch(folder, new, before)
    return _restarted(folder, new, before, restart)


def passes(version: Path, arguments: Sequence[str]) -> bool:
    """Return whether a version's own `--check` says that it can show what `arguments` ask for; print what it says."""
    command = [str(version / _PYTHON), str(version / "run_show.py"), *arguments, "--check", f"{_TRIAL_S:g}"]
    try:
        ended = subprocess.run(
            command, check=False, cwd=version, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TRIAL_LIMIT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print_out(f"NO  {one_line(error)}\n")
        return False
    print_out(ended.stdout.decode(errors="replace"))
    if ended.returncode:
        print_out(ended.stderr.decode(errors="replace")[-2000:])
    return ended.returncode == 0


def _restarted(folder: Path, new: Path, before: Path, restart: Restart) -> int:
    problem = restart()
    if not problem:
        print_out(f"{CURRENT} is {new.name}; {before.name} is a --rollback away\n")
        return ExitCode.OK
    _switch(folder, before, new)
    again = restart()
    print_out(f"{new.name} does not come up ({problem}): {before.name} runs again{f' ({again})' if again else ''}\n")
    return ExitCode.UNEXPECTED


def _version(folder: Path) -> Path:
    """Return the folder of a version that is set up. Raises OptionError that says what is missing."""
    try:
        version = folder.resolve(strict=True)
    except (OSError, RuntimeError):
        raise OptionError(f"there is no version in {folder}") from None
    missing = [str(part) for part in ("run_show.py", _PYTHON) if not (version / part).exists()]
    if missing:
        raise OptionError(f"{version} has no {' and no '.join(missing)}: put a version there and run its ./setup.sh")
    return version


def _current(root: Path) -> Path:
    """Return the version that `current` leads to, else the one that this program is."""
    link = link_of(root)
    try:
        return link.resolve(strict=True) if link.is_symlink() else root.resolve()
    except (OSError, RuntimeError):
        return root.resolve()


def _switch(folder: Path, new: Path, before: Path) -> None:
    """Lead `previous` to `before`, then `current` to `new`. A power cut between the two leaves what ran."""
    for name, version in ((PREVIOUS, before), (CURRENT, new)):
        link = folder / name
        if link.exists() and not link.is_symlink():
            raise OptionError(f"{link} is no link: it stands where the link to a version belongs")
        target = os.path.relpath(version, folder) if version.parent == folder else str(version)
        try:
            with atomic_path(link) as partial:
                partial.unlink(missing_ok=True)
                partial.symlink_to(target)
        except OSError as error:
            raise OptionError(f"{link} cannot be set: {one_line(error)}") from None
    log.debug("%s -> %s", folder / CURRENT, new)
