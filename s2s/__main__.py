"""The library's command line: `python -m s2s VERB`. Arguments in, exit code out; the work is done elsewhere.

Exit codes: 0 done, 1 training broke (a non-finite value), 2 bad input, with one line on stderr.
"""

import io
import logging
import sys
from collections.abc import Sequence
from typing import Final

from s2s.card import BundleError
from s2s.commands import (
    ablate,
    bench,
    bundle,
    ears,
    embed,
    evaluate,
    evening,
    generate,
    hear,
    importing,
    info,
    latent,
    listen,
    marks,
    miniature,
    namer,
    nearness,
    pairs,
    prepare,
    realism,
    retrain,
    retrieve,
    second,
    select,
    study,
    things,
    waveform,
    world,
)
from s2s.commands.arguments import Run, VerbParser
from s2s.commands.train import verb as train
from s2s.files.names import UnreadableFileError, shown
from s2s.files.user import name_user

BAD_INPUT: Final = 2
FAILED: Final = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if isinstance(sys.stdout, io.TextIOWrapper):  # names of files are printed as they are, also where they are no text
        sys.stdout.reconfigure(errors="surrogateescape")
    name_user()
    parsed = build_parser().parse_args(arguments)
    verb: Run = parsed.run
    try:
        verb(parsed)
    except _bad_input() as error:
        print(f"s2s: {' '.join(shown(str(error)).split())}", file=sys.stderr)
        return BAD_INPUT
    except FloatingPointError as error:  # a run that broke, not a command that was wrong
        print(f"s2s: {' '.join(str(error).split())}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("s2s: stopped; the same command goes on from the last checkpoint", file=sys.stderr)
        return 130
    return 0


def _bad_input() -> tuple[type[Exception], ...]:
    from s2s.data.clip_source import DataError

    return (BundleError, DataError, UnreadableFileError, OSError, ValueError)


def build_parser() -> VerbParser:
    """Return the command line with every verb."""
    parser = VerbParser(prog="python -m s2s", description="Sound2Scene: train, inspect, generate, manipulate.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for group in (
        world,
        realism,
        evening,
        prepare,
        train,
        retrain,
        bundle,
        miniature,
        ablate,
        importing,
        info,
        listen,
        generate,
        waveform,
        latent,
        retrieve,
        embed,
        select,
        things,
        ears,
        namer,
        second,
        nearness,
        pairs,
        marks,
        evaluate,
        hear,
        study,
        bench,
    ):
        group.add_to(verbs)
    return parser


if __name__ == "__main__":
    sys.exit(main())
