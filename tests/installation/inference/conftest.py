"""What the tests of the inference process share."""

from functools import partial

import pytest

from installation.inference import anchoring
from s2s.sampling.inversion.cache import cached
from s2s.sampling.inversion.search import InversionSettings


@pytest.fixture
def short_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search for an image that goes through all its stages and comes to its end in a second: how near it comes is
    for the tests of the search itself.
    """
    settings = InversionSettings(screened=9, restarts=2, max_steps=26)  # 25 steps, then the worse half is given up
    monkeypatch.setattr(anchoring, "cached", partial(cached, settings=settings))
