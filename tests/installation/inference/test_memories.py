import numpy as np

from installation.inference.memories import RECALL_EVERY_S, Memories
from installation.inference.scene import Scene


def scenes(count: int) -> list[Scene]:
    return [Scene(np.full(4, float(number), np.float32)) for number in range(count)]


def test_what_is_recalled_was_kept_and_another_comes_not_too_soon() -> None:
    memories = Memories(0)
    assert memories.recall(0.0) is None
    kept = scenes(3)
    for number, scene in enumerate(kept):
        memories.keep(10.0 * number, scene)
    assert memories.recall(30.0) in kept
    assert memories.recall(30.0 + RECALL_EVERY_S / 2) is None
    assert memories.recall(30.0 + RECALL_EVERY_S) in kept


def test_one_scene_is_kept_every_few_seconds() -> None:
    memories = Memories(0)
    first, second = scenes(2)
    memories.keep(0.0, first)
    memories.keep(0.25, second)
    assert {id(memories.recall(RECALL_EVERY_S * turn)) for turn in range(1, 20)} == {id(first)}


def test_after_a_rest_nothing_is_recalled_for_as_long_as_lies_between_two() -> None:
    memories = Memories(0)
    memories.keep(0.0, scenes(1)[0])
    memories.rest(5.0)
    assert memories.recall(5.0 + RECALL_EVERY_S - 0.1) is None
    assert memories.recall(5.0 + RECALL_EVERY_S) is not None


def test_what_the_model_knows_is_recalled_until_something_was_heard() -> None:
    own, heard = scenes(2), Scene(np.ones(4, np.float32))
    memories = Memories(0, own)
    assert memories.recall(0.0) is None  # one of them is where the latent begins
    assert {id(memories.recall(RECALL_EVERY_S * turn)) for turn in range(1, 20)} == {id(scene) for scene in own}
    memories.keep(1_000.0, heard)
    assert {id(memories.recall(1_000.0 + RECALL_EVERY_S * turn)) for turn in range(20)} == {id(heard)}
