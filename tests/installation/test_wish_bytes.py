"""What a picture is painted of comes back as it went, and bytes that are none are refused."""

import numpy as np
import pytest

from installation.values import Latent
from installation.wish_bytes import WishError, folder_of_wish, pack_wish, unpack_wish

Z, H, HELD = np.arange(3, dtype=np.float32), np.ones(5, np.float32), np.full((1, 3, 2), 0.5, np.float32)


@pytest.mark.parametrize("latent", [Latent(Z, H), Latent(Z, H, 2 * H, 0.25)])
@pytest.mark.parametrize("held", [None, HELD])
def test_what_is_packed_comes_back(latent: Latent, held: np.ndarray | None) -> None:
    packed = pack_wish("/models/größe", latent, held)
    folder, again, states = unpack_wish(packed)
    assert folder == folder_of_wish(packed) == "/models/größe" and len(packed) % 4 == 0
    np.testing.assert_array_equal(again.z, latent.z)
    np.testing.assert_array_equal(again.h, latent.h)
    assert again.beside_weight == latent.beside_weight and (again.beside is None) == (latent.beside is None)
    assert (states is None) == (held is None) and (states is None or (states == HELD).all())


def test_a_wish_of_before_warmth_holds_none() -> None:
    latent, before = Latent(Z, H), np.array([[[0.9, 1.0], [0.25, 0.5]]], np.float32)
    _, _, states = unpack_wish(pack_wish("/m", latent, before))
    assert states is not None and states.shape == (1, 3, 2)
    np.testing.assert_array_equal(states[:, :2], before)
    assert states[0, 2, 1] == 0.0


@pytest.mark.parametrize("cut", [0, 5, 20, -4])
def test_bytes_that_are_no_wish_are_refused(cut: int) -> None:
    with pytest.raises(WishError):
        unpack_wish(pack_wish("/m", Latent(Z, H), HELD)[:cut])


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(WishError):
        unpack_wish(pack_wish("/m", Latent(Z, H * np.nan), None))
