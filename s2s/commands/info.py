"""`info`: what a model bundle is."""

import argparse
from pathlib import Path

from s2s.card import DEFAULT_BUNDLE
from s2s.commands.arguments import Verbs


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("info", help="what a model bundle is")
    verb.add_argument("bundle", type=Path, nargs="?", default=DEFAULT_BUNDLE)
    verb.set_defaults(run=_info)


def _info(args: argparse.Namespace) -> None:
    from s2s.describe import describe

    print(describe(args.bundle))
