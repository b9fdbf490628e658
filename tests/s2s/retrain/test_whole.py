"""How much of the whole sound is in what is painted: two answers to one question, of which either may be wrong."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from s2s.models.source_heads import SourceHeads, between
from s2s.retrain.heard import Heard
from s2s.retrain.layer import Lessons
from s2s.retrain.rehearsal import Painting, Rehearsal
from s2s.retrain.whole import WHOLES, best_whole
from tests.s2s.retrain.lessons import EMBEDDING_DIM, made_up

EACH = np.array_split(np.arange(32), 4)


def astray(lessons: Lessons, wrong: range) -> list[tuple[np.ndarray, Tensor]]:
    """Return answers, fold by fold, that are each clip's own picture, but for the `wrong` ones, which are nothing's."""
    answers = lessons.images.mean(dim=1).clone()
    for row in wrong:
        answers[row] = F.one_hot(torch.tensor(EMBEDDING_DIM - 1), EMBEDDING_DIM).double()
    return [(rows, F.normalize(answers[rows], dim=1)) for rows in EACH]


def test_of_two_answers_the_one_that_is_right_more_often_counts_more() -> None:
    lessons, kinds = made_up()
    lost, found = astray(lessons, range(32)), astray(lessons, range(0))
    whole, scores = best_whole(lessons, kinds, lost, found, lambda _: 1.0)
    assert whole > 0.0 and scores[whole] > scores[0.0]
    assert best_whole(lessons, kinds, found, lost, lambda _: 1.0)[0] == 0.0


def test_of_answers_that_do_equally_well_the_heads_are_kept() -> None:
    lessons, kinds = made_up()
    found = astray(lessons, range(0))
    assert best_whole(lessons, kinds, found, found, lambda _: 1.0)[0] == 0.0


def test_what_would_paint_the_world_otherwise_is_not_taken() -> None:
    lessons, kinds = made_up()
    lost, found = astray(lessons, range(32)), astray(lessons, range(0))
    whole, _ = best_whole(lessons, kinds, lost, found, lambda whole: 0.9 if whole <= 0.25 else 0.5)
    assert whole <= 0.25


def test_some_of_what_the_heads_see_is_always_left() -> None:
    assert WHOLES[0] == 0.0 and max(WHOLES) < 1.0


def test_between_two_directions_lies_a_direction_and_at_the_ends_they_are() -> None:
    seen, whole = torch.eye(3)[:1], torch.eye(3)[1:2]
    assert between(seen, whole, 0.0) is seen
    torch.testing.assert_close(between(seen, whole, 0.5), torch.tensor([[0.5**0.5, 0.5**0.5, 0.0]]))
    torch.testing.assert_close(between(seen, whole, 1.0), whole)


def test_a_world_that_is_painted_as_it_was_is_kept_and_one_that_is_painted_alike_is_not() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(8) % 4
    heard = Heard(*(np.eye(4, dtype=np.float32)[labels] for _ in range(4)))
    rehearsal = Rehearsal(heard, labels, heard, labels)
    layer = torch.from_numpy(np.vstack([np.eye(4), np.zeros(4)]))
    before = Painting(layer, layer, 0.0)
    assert rehearsal.scenes_painted(before, Painting(layer, layer, 0.5)) == 1.0
    alike = torch.from_numpy(np.vstack([np.zeros((4, 4)), rng.random(4)]))
    assert rehearsal.scenes_painted(before, Painting(layer, alike, 0.0)) == 0.25
    assert rehearsal.scenes_painted(before, Painting(alike, layer, 0.25)) == 1.0


def test_heads_paint_as_much_of_the_whole_as_they_are_told() -> None:
    heads = SourceHeads(("rain", "train"), map_dim=8, h_dim=3, hidden=4, whole=0.5)
    seen, whole = torch.eye(3)[0], torch.eye(3)[1]
    torch.testing.assert_close(heads.seen_alone(seen, whole), F.normalize(seen + whole, dim=0))
    assert heads.state_dict().keys() == SourceHeads(("rain", "train"), map_dim=8, h_dim=3, hidden=4).state_dict().keys()
