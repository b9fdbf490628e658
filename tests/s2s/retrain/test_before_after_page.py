"""The page of before and after: one file, read on a phone, nothing fetched."""

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from s2s.evaluate.comparison import GeneratorScores, RetrievalScores, Verdict, Word
from s2s.retrain.page import ClipRow, Findings, advice, before_after


def scores_of(place: list[float]) -> RetrievalScores:
    return RetrievalScores(np.array(place), np.array(place) / 2 + 0.3, 0.5, 1.2, 0.25)


def findings(
    word: Word = "better", generator_scores: tuple[GeneratorScores, GeneratorScores] | None = None
) -> Findings:
    verdict = Verdict(word, 0.05, 0.01, 0.09, recordings=2)
    old, new = scores_of([0.5, 1.0, 0.0]), scores_of([0.0, 0.5, 0.0])
    return Findings(
        "Tiny 1", "Tiny <2>", old, new, verdict, "12 recordings, 0.10 hours.", "No & none.", generator_scores
    )


def row(number: int, px: int = 16) -> ClipRow:
    def pictures(k: int) -> np.ndarray:
        return np.full((k, px, px, 3), 50 * number, np.uint8)

    return ClipRow(number, f"guest <{number}>", pictures(1)[0], pictures(2), pictures(2))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.findings: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.findings.append((tag, dict(attrs)))


def test_everything_is_in_the_file() -> None:
    page = before_after(findings(), [row(0), row(2, px=400)])
    tags = Tags()
    tags.feed(page)
    assert not {tag for tag, _ in tags.findings} & {"link", "script", "iframe"}
    images = [attributes["src"] or "" for tag, attributes in tags.findings if tag == "img"]
    assert len(images) == 2 * 5
    for source in images:
        head, _, data = source.partition(",")
        assert head == "data:image/jpeg;base64"
        with Image.open(io.BytesIO(base64.b64decode(data))) as image:
            assert image.width <= 128
    assert not re.search(r"(src|href)=\"(?!data:)", page)
    assert "url(" not in page and "@import" not in page
    assert 'content="width=device-width' in page


def test_the_verdict_comes_first_and_every_clip_has_its_numbers() -> None:
    page = before_after(findings(), [row(0)])
    assert page.index("The new model is better.") < page.index("1 of 3 held-out clips")
    assert "Score +0.050 over 3 clips of 2 recordings; with 95 % confidence it lies between +0.010 and +0.090" in page
    assert "own frame: place 2 → <b>1</b> of 3" in page
    assert "12 recordings, 0.10 hours. No &amp; none." in page


@pytest.mark.parametrize(
    ("word", "said"),
    [("worse", "The new model is worse."), ("no clear difference", "No clear difference between the new model")],
)
def test_what_is_not_better_says_so(word: Word, said: str) -> None:
    assert said in before_after(findings(word), [row(0)])


def test_what_cannot_be_told_yet_is_told_in_numbers() -> None:
    open_still = replace(findings("no clear difference"), verdict=Verdict("no clear difference", 0.1, -0.1, 0.3, 9, 16))
    page = before_after(open_still, [row(0)])
    assert "Cannot tell yet: bring about 28 more recordings. 9 were compared with" in page
    assert "bring about" not in before_after(findings("better"), [row(0)])
    assert "would hardly tell" in advice(Verdict("no clear difference", 0.0, -0.1, 0.1, 9))


def test_what_is_left_of_the_world_is_said() -> None:
    page = before_after(replace(findings(), kept=(0.92, 0.9)), [row(0)])
    assert "92% are heard where the old model has their scene, by the old one, and 90% by the new one" in page
    assert "painted as that scene" not in page
    painted = before_after(replace(findings(), kept=(0.92, 0.9), painted=(0.95, 0.94)), [row(0)])
    assert "95% are painted as that scene by the old one, and 94% by the new one" in painted
    assert "world" not in before_after(findings(), [row(0)])


def test_names_are_text_and_never_tags() -> None:
    page = before_after(findings(), [row(1)])
    assert "guest &lt;1&gt;" in page and "Tiny &lt;2&gt;" in page
    assert "<1>" not in page and "<2>" not in page


def test_a_generator_that_was_trained_is_told_of() -> None:
    assert "generator" not in before_after(findings(), [row(0)])
    better = before_after(findings(generator_scores=(GeneratorScores(0.2, 0.7), GeneratorScores(0.1, 0.8))), [row(0)])
    assert "The generator was fine-tuned and is taken." in better
    worse = before_after(findings(generator_scores=(GeneratorScores(0.2, 0.7), GeneratorScores(0.1, 0.6))), [row(0)])
    assert "and is left out: it must be better in both" in worse
