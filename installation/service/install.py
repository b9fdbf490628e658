"""`--install-service`, `--uninstall-service`: the unit on the disk, and systemd told of it."""

import logging
import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from installation.exit_codes import ExitCode
from installation.options import OptionError, ShowConfig
from installation.service.kiosk import commands, recipe
from installation.service.unit import NAME, Service, unit_text, word
from installation.service.versions import as_installed
from installation.standard_output import print_out
from installation.venue import Venue
from s2s.files.atomic_write import write_text
from s2s.files.quote import one_line

log = logging.getLogger(__name__)

_SYSTEM_FOLDER: Final = Path("/etc/systemd/system")
_LIMIT_S: Final = 240.0
"""A start waits for the first picture."""
_PROGRAM: Final = re.compile(r'^ExecStart="[^"]*" "([^"]*)/run_show\.py"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """Whose service it is: a user's own, or the whole system's, run as `user`."""

    by_user: bool
    user: str
    user_id: int
    home: Path

    @classmethod
    def wanted(cls, *, user: bool, system: bool, trial: bool = False) -> "Place":
        """Return what the command line asks for: root installs for the system, anybody else for themselves.

        A system's service runs as whoever called sudo, else as who owns the program. A `trial` writes nothing, so that
        anybody may look. Raises OptionError.
        """
        if user and system:
            raise OptionError("--install-service takes --user or --system, not both")
        by_user = user or (os.geteuid() != 0 and not system)
        if not by_user and os.geteuid() != 0 and not trial:
            raise OptionError("--system writes to /etc/systemd: run it with sudo, or install with --user")
        owner = Path(__file__).stat().st_uid
        sudo = os.environ.get("SUDO_UID", "")
        number = os.geteuid() if by_user else int(sudo) if sudo.isdecimal() else owner
        try:
            account = pwd.getpwuid(number)
        except KeyError:
            raise OptionError(f"user {number} has no account here: a service has to run as somebody") from None
        return cls(by_user, account.pw_name, number, Path(account.pw_dir))

    @property
    def unit(self) -> Path:
        """Where the unit lies."""
        if not self.by_user:
            return _SYSTEM_FOLDER / NAME
        named = Path(os.environ.get("XDG_CONFIG_HOME", ""))
        return (named if named.is_absolute() else self.home / ".config") / "systemd" / "user" / NAME

    def systemctl(self, *arguments: str) -> str:
        """Ask systemd; return why it did not do it, empty where it did."""
        command = ["systemctl", *(("--user",) if self.by_user else ()), *arguments]
        try:
            ended = subprocess.run(
                command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_LIMIT_S
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return one_line(error)
        return one_line(ended.stderr, 200) or f"exit code {ended.returncode}" if ended.returncode else ""


def service_of(config: ShowConfig, place: Place, arguments: Sequence[str], program: Path) -> Service:
    """Return the service that runs the show of `config`, which `arguments` ask for."""
    args, root = config.arguments, as_installed(program.parent)
    venue = config.venue
    if args.venue is None and not place.by_user:  # who installs it is not who runs it
        venue = Venue(place.home / ".local" / "share" / config.venue.folder.name)
        arguments = [*arguments, "--venue", str(venue.folder)]
    here = Path.cwd()
    inside = here.is_relative_to(program.parent)
    written = [
        path.absolute().parent for path in (args.record, args.report, args.snapshot, args.log) if path is not None
    ]
    return Service(
        python=_within(Path(sys.executable), program.parent, root),
        program=root / program.name,
        arguments=tuple(arguments),
        folder=root / here.relative_to(program.parent) if inside else here,
        venue=venue.folder,
        writable=tuple(written),
        user=None if place.by_user else place.user,
        user_id=place.user_id,
        needs_screen=args.output != "headless",
        systemd=systemd_version(),
    )


def install(service: Service, place: Place) -> int:
    """Write the unit, have systemd read, enable and start it, and say what is left to do."""
    try:
        service.venue.mkdir(parents=True, exist_ok=True)
        if not place.by_user:
            os.chown(service.venue, place.user_id, -1)
        place.unit.parent.mkdir(parents=True, exist_ok=True)
        write_text(place.unit, unit_text(service))
    except OSError as error:
        raise OptionError(f"the service cannot be written: {one_line(error)}") from None
    print_out(commands(NAME, by_user=place.by_user, path=place.unit))
    problem = place.systemctl("daemon-reload") or place.systemctl("enable", NAME)
    in_session = not (service.needs_screen and place.by_user) or "DISPLAY" in os.environ
    if not problem and in_session:
        problem = place.systemctl("restart", NAME)
    if problem:
        print_out(f"\nwritten, but not started: {problem}\n")
    if place.by_user:
        print_out("\n" + recipe(place.user, NAME, needs_screen=service.needs_screen))
    return ExitCode.OK


def lead_to(place: Place, link: Path) -> str:
    """Have the service run what `link` leads to, where it was installed from a version beside that: before the first
    update there is none. Return why it does not, empty where it does.
    """
    try:
        text = place.unit.read_text(encoding="utf-8")
        found = _PROGRAM.search(text)
        named, wanted = found[1] if found else "", word(str(link), command=True).strip('"')
        if named == wanted:
            return ""
        if Path(named).parent.resolve() != link.parent.resolve():
            return f"the service runs {named or 'something else'}, not {link}: --install-service by {link}/run_show.py"
        write_text(place.unit, re.sub(rf'{re.escape(named)}(?=[/"\n])', lambda _named: wanted, text))
    except (OSError, ValueError, RuntimeError) as error:
        return f"{place.unit} cannot be led to {link}: {one_line(error)}"
    return place.systemctl("daemon-reload")


def uninstall(place: Place) -> int:
    """Stop the service and take its unit away; what the venue keeps stays."""
    if not place.unit.exists():
        print_out(f"there is no service: no {place.unit}\n")
        return ExitCode.OK
    problem = place.systemctl("disable", "--now", NAME)
    try:
        place.unit.unlink()
    except OSError as error:
        raise OptionError(f"the service cannot be taken away: {one_line(error)}") from None
    place.systemctl("daemon-reload")
    print_out(f"{place.unit} is gone{f' ({problem})' if problem else ''}; the venue's folder stays as it is\n")
    return ExitCode.OK


def systemd_version() -> int:
    """Return the version of systemd on this machine, 0 where there is none."""
    if shutil.which("systemctl") is None:
        return 0
    try:
        told = subprocess.run(
            ["systemctl", "--version"], check=False, capture_output=True, text=True, timeout=10
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"systemd (\d+)", told)
    return int(found[1]) if found else 0


def _within(path: Path, folder: Path, root: Path) -> Path:
    """Return `path` below `root`, where it lies below `folder`; links in it stay as they are."""
    return root / path.relative_to(folder) if path.is_relative_to(folder) else path
