"""`info`: what a model bundle is."""

import argparse
import json
from pathlib import Path

from s2s.card import DEFAULT_BUNDLE
from s2s.commands.arguments import Verbs


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("info", help="what a model bundle is")
    verb.add_argument("bundle", type=Path, nargs="?", default=DEFAULT_BUNDLE)
    form = verb.add_mutually_exclusive_group()
    form.add_argument("--short", action="store_true", help="what it hears, names, paints and sees, at one glance")
    form.add_argument("--json", action="store_true", help="the whole card and the weights by file, for programs")
    verb.set_defaults(run=_info)


def _info(args: argparse.Namespace) -> None:
    from s2s.describe import as_document, describe, describe_short

    if args.json:
        print(json.dumps(as_document(args.bundle), indent=1, ensure_ascii=False))
    else:
        print((describe_short if args.short else describe)(args.bundle))
