"""Does what a command line asks of this package instead of showing a show."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from installation.exit_codes import ExitCode
from installation.options import OptionError, ShowConfig
from installation.service import install, versions
from installation.service.unit import NAME, unit_text
from installation.service.words import arguments_of_show, deed_of
from installation.standard_output import print_out
from s2s.card import read_card


def do(parsed: argparse.Namespace, words: Sequence[str], resolved: Callable[[], ShowConfig]) -> int | None:
    """Do what is asked for and return its exit code, None where the show is wanted. `words` are the command line
    without the program's name. Raises what `resolved` does, and OptionError.
    """
    try:
        asked, arguments = deed_of(parsed), arguments_of_show(words)
    except ValueError as error:
        raise OptionError(str(error)) from None
    if asked == "install_service":
        return _install(parsed, resolved(), arguments)
    if asked == "uninstall_service":
        return install.uninstall(_place(parsed))
    if asked == "check":
        from installation.service.check import check  # most runs need none of it

        return check(resolved(), arguments, parsed.check)
    if asked == "update":
        return versions.update(parsed.update, arguments, lambda: _restart(parsed))
    if asked == "rollback":
        return versions.rollback(lambda: _restart(parsed))
    return None


def _place(parsed: argparse.Namespace) -> install.Place:
    return install.Place.wanted(user=parsed.user, system=parsed.system, trial=parsed.dry_run)


def _install(parsed: argparse.Namespace, config: ShowConfig, arguments: Sequence[str]) -> int:
    """Install the service, or print its unit; a service that could not start is refused before."""
    read_card(config.model)
    place = _place(parsed)
    service = install.service_of(config, place, arguments, Path(sys.argv[0]).absolute())
    if parsed.dry_run:
        print_out(unit_text(service))
        return ExitCode.OK
    return install.install(service, place)


def _restart(parsed: argparse.Namespace) -> str:
    """Restart the service where there is one; a show without one takes the new version at its next start."""
    place = _place(parsed)
    if not place.unit.exists():
        print_out(f"there is no {NAME} of {place.user}: the new version counts from the next start\n")
        return ""
    return install.lead_to(place, versions.link_of()) or place.systemctl("restart", NAME)
