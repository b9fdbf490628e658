"""How an image is found again in the generator: the options of the search, and how far it is on its way."""

import argparse
import logging
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from s2s.commands.arguments import at_least
from s2s.media.montage import Pixels

if TYPE_CHECKING:
    from s2s.bundle import Bundle
    from s2s.sampling.inversion.loss import Losses
    from s2s.sampling.inversion.search import Inversion, InversionSettings, Inverted

_log = logging.getLogger(__name__)
_PROGRESS: Final = "%s: step %d of at most %d, pixel loss %.4f, feature loss %.4f"


def add_search(verb: argparse.ArgumentParser) -> None:
    """Add how long is searched, and where what was found is kept."""
    verb.add_argument("--steps", type=at_least(1), metavar="N", help="at most so many")
    verb.add_argument("--restarts", type=at_least(1), metavar="N", help="noise vectors optimised side by side")
    verb.add_argument("--screened", type=at_least(1), metavar="N", help="noise vectors tried for these")
    where = "where inversions are kept (default: the user's cache)"
    verb.add_argument("--cache", type=Path, metavar="FOLDER", help=where)


def found_again(args: argparse.Namespace, model: "Bundle", pixels: Pixels, name: str) -> "Inverted":
    """Return the inversion of an image, from the cache or with its losses on the way, and say how near it is.

    On a terminal a bar shows them; elsewhere a line does at every tenth of the steps.
    """
    from tqdm import tqdm

    from s2s.sampling.inversion.cache import cached
    from s2s.sampling.inversion.search import DivergedError

    settings = search_settings(args)
    label, told = " ".join(name.split()), -1
    with tqdm(total=settings.max_steps, unit=" steps", desc=label, disable=None) as bar:

        def watch(inversion: "Inversion", losses: "Losses") -> None:
            bar.update(inversion.iterations - bar.n)
            bar.set_postfix(pixel=f"{losses.pixel:.4f}", feature=f"{losses.feature:.4f}", refresh=False)
            nonlocal told
            if bar.disable and (tenth := 10 * inversion.iterations // settings.max_steps) > told:
                told = tenth
                _log.info(_PROGRESS, label, inversion.iterations, settings.max_steps, losses.pixel, losses.feature)

        try:
            inverted = cached(model, pixels, settings, seed=args.seed, folder=args.cache, watch=watch)
        except DivergedError as error:
            raise ValueError(f"{label}: {error}") from error
    before, after = inverted.start, inverted.losses
    pixel, feature = f"{before.pixel:.4f} → {after.pixel:.4f}", f"{before.feature:.4f} → {after.feature:.4f}"
    print(f"{label}: pixel loss {pixel}, feature loss {feature}, {inverted.iterations} steps")
    return inverted


def search_settings(args: argparse.Namespace) -> "InversionSettings":
    """Return what `add_search` asked for."""
    from s2s.sampling.inversion.search import InversionSettings

    given = {"max_steps": args.steps, "restarts": args.restarts, "screened": args.screened}
    return InversionSettings(**{name: value for name, value in given.items() if value is not None})


def losses_of(inverted: "Inverted") -> dict[str, Any]:
    """Return how near the inversion is, as plain values."""
    return {"f_V alone": asdict(inverted.start), "found": asdict(inverted.losses), "iterations": inverted.iterations}
