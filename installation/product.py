"""Which product this is: the version that `pyproject.toml` states, and the revision where the checkout knows it."""

import subprocess
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
_GIT_LIMIT_S: Final = 5.0


def product_line() -> str:
    """Return name, version and revision in one line, for `--version`."""
    return f"sound-to-scene {version()}, revision {revision() or 'unknown'}"


def version(root: Path = ROOT) -> str:
    """Return the version that the checkout at `root` states, `unknown` where it states none."""
    try:
        return str(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
    except (OSError, ValueError, KeyError):
        return "unknown"


def revision(root: Path = ROOT) -> str | None:
    """Return the short git revision, `+changes` behind it where files differ; None where git does not know."""
    if not (root / ".git").exists():
        return None  # a folder unpacked inside somebody else's repository has not that one's revision
    try:
        head = _git(root, "rev-parse", "--short", "HEAD")
        return head + ("+changes" if _git(root, "status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=_GIT_LIMIT_S).stdout.strip()
