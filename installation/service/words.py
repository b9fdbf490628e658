"""Which words of a command line are for the show itself, and which for what keeps it running. Pure."""

import argparse
from collections.abc import Sequence
from typing import Final

DEEDS: Final = ("install_service", "uninstall_service", "supervise", "check", "update", "rollback")
"""What is done instead of one show, as argparse calls it."""

_OTHER_DEEDS: Final = ("render", "calibrate", "list_devices", "version", "diagnose")
_WITH_A_VALUE: Final = ("--update",)
_WITH_A_NUMBER: Final = ("--check",)
_OURS: Final = (*(f"--{name.replace('_', '-')}" for name in DEEDS), "--user", "--system", "--dry-run")


def deed_of(parsed: argparse.Namespace) -> str:
    """Return which of `DEEDS` is asked for, empty for none. Raises ValueError in one line for an odd mixture."""
    asked = [name for name in DEEDS if getattr(parsed, name)]
    others = [name for name in _OTHER_DEEDS if getattr(parsed, name)]
    if len(asked) > 1:
        raise ValueError(f"{', '.join(map(_option, asked))}: one at a time")
    if asked and others:
        raise ValueError(f"{_option(asked[0])} is for a show that runs live, not for {_option(others[0])}")
    if (parsed.user or parsed.system) and not {"install_service", "uninstall_service", "update", "rollback"} & {*asked}:
        raise ValueError("--user and --system are for --install-service, --uninstall-service, --update and --rollback")
    if parsed.dry_run and asked and asked[0] != "install_service":
        raise ValueError(f"{_option(asked[0])} cannot be tried by --dry-run")
    return asked[0] if asked else ""


def arguments_of_show(words: Sequence[str]) -> list[str]:
    """Return what of a command line is for the show itself; an option may be written short, as argparse allows."""
    kept: list[str] = []
    before = ""
    for word in words:
        name, equals, _ = word.partition("=")
        is_value = before in _WITH_A_VALUE or (before in _WITH_A_NUMBER and word.replace(".", "", 1).isdecimal())
        before = "" if is_value or equals else _meant(name)
        if not is_value and not _meant(name):
            kept.append(word)
    return kept


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _meant(word: str) -> str:
    """Return the option of ours that `word` is, or is the beginning of; empty for none."""
    return next((option for option in _OURS if len(word) > 3 and option.startswith(word)), "")
