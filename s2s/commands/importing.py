"""`import`: the published checkpoints -> a bundle."""

import argparse
from pathlib import Path

from s2s.commands.arguments import Verbs

_DESCRIPTION = """\
Turn the published weights into a model bundle that the show plays (run_show.py --model OUT).

Name the files as they came, in any order, or a folder that holds them; they are told apart by what they hold:
  sound2scene.pth                      Sound2Scene's audio encoder
  icgan_biggan_imagenet_res64/128/256  IC-GAN's generator: the folder (of its two best, the one with the lower recorded
                                       FID is taken), or one G_ema_*.pth of it
  swav.pth.tar                         SwAV's image encoder; optional, needed to blend with images and to invert them
"""
_EPILOG = """\
These weights are for NON-COMMERCIAL use only: IC-GAN and SwAV are CC BY-NC 4.0, and Sound2Scene's audio encoder carries
no licence at all. The bundle's card says so. No code in the files is run, and every key, shape and value is checked;
whatever is missing, extra or wrong is named. Half precision is converted to float32.
"""


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser(
        "import",
        help="published checkpoints to a model bundle",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("published", type=Path, nargs="+", metavar="PUBLISHED", help="a file, or a folder of files")
    verb.add_argument("out", type=Path, metavar="OUT", help="folder of the bundle: new or empty, unless --force")
    verb.add_argument("--name", help="what the bundle is called (default: from what it holds)")
    verb.add_argument("--force", action="store_true", help="replace the bundle that OUT already holds")
    verb.set_defaults(run=_import)


def _import(args: argparse.Namespace) -> None:
    from s2s.commands.record import write_run
    from s2s.describe import describe
    from s2s.published.importing import import_published

    card = import_published(args.published, args.out, name=args.name, replace=args.force)
    write_run(args.out, args, {"name": card.name, "licence": card.licence, "provenance": card.provenance})
    print(describe(args.out))
