"""The page of a report: all in one file, every part where it belongs, strangers' names as text, readable by all."""

import base64
import dataclasses
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from s2s.evaluate.curves import RunCurves
from s2s.evaluate.report.curve_plots import curve_plots
from s2s.evaluate.report.model import Claim, Column, Figure, Metric, Report, Row, Skipped, Table, Value
from s2s.evaluate.report.page import report_page, write_page
from s2s.media.compact import mp3_of, webp_of
from tests.s2s.evaluate.report.made_up import another, made_up, write_files

HOSTILE = "<img src=x onerror=alert(1)>\"'&"
CSS = Path(__file__).parents[4] / "s2s" / "evaluate" / "report" / "report.css"
VOID = {"img", "br", "meta", "wbr"}


class Parsed(HTMLParser):
    """Every element with its attributes and the text in it, and whether what was opened was closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[tuple[str, list[str]]] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))
        if tag not in VOID:
            self._open.append((tag, self.elements[-1][2]))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, text in self._open:
            text.append(data)

    def all(self, *tags: str) -> list[tuple[dict[str, str | None], str]]:
        return [(attributes, "".join(text)) for tag, attributes, text in self.elements if tag in tags]

    def text(self, tag: str, class_: str) -> list[str]:
        return [text for attributes, text in self.all(tag) if class_ in (attributes.get("class") or "").split()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    write_files(folder / "ours", px=(28, 12))
    write_files(folder / "version-6", px=(28, 12))
    return folder


@pytest.fixture(scope="module")
def page(folder: Path) -> Parsed:
    return Parsed(report_page(folder / "ours", made_up()))


@pytest.fixture(scope="module")
def side_by_side(folder: Path) -> Parsed:
    return Parsed(report_page(folder / "ours", made_up(), (folder / "version-6", another())))


def test_the_page_is_one_file_and_fetches_nothing(folder: Path) -> None:
    path = write_page(folder / "ours", made_up())
    text = path.read_text(encoding="utf-8")
    page = Parsed(text)
    assert path == folder / "ours" / "report.html"
    assert not {tag for tag, _, _ in page.elements} & {"script", "link", "iframe", "object", "base"}
    sources = [attributes["src"] or "" for attributes, _ in page.all("img", "audio")]
    assert len(sources) == 2 + 3 and all(source.startswith("data:") for source in sources)
    assert "url(" not in text and "@import" not in text
    addresses = [attributes["href"] or "" for attributes, _ in page.all("a")]
    assert [one for one in addresses if not one.startswith("#")] == [addresses[-1]]  # the paper, at the end
    (policy,) = (attributes["content"] for attributes, _ in page.all("meta") if "http-equiv" in attributes)
    assert policy is not None and policy.startswith("default-src 'none'; img-src data:; media-src data:;")


def test_pictures_and_sounds_are_the_files_made_compact(page: Parsed, folder: Path) -> None:
    inlined = [(attributes["src"] or "").partition("base64,")[2] for attributes, _ in page.all("img", "audio")]
    files = [folder / "ours" / name for figure in made_up().figures for name in (figure.file, *figure.sounds)]
    compact = [webp_of(path) if path.suffix == ".png" else mp3_of(path) for path in files]
    assert [base64.b64decode(one) for one in inlined] == compact
    assert page.text("div", "sound") == ["thunder", "dog bark", "rain −30\N{NO-BREAK SPACE}dB"]


def test_the_page_begins_with_what_matters_in_words(page: Parsed) -> None:
    assert [text for _, text in page.all("h1")] == ["Small world 7 on held-out takes"]
    assert page.text("p", "lead") == [
        "Small world 7 was measured on held-out takes, the world's takes: 448 clips of 448 recordings in 28 classes."
    ]
    keys = next(text for attributes, text in page.all("ul") if attributes.get("class") == "keys")
    assert "83.0\N{NO-BREAK SPACE}%of the pictures painted from sounds are named rightly by the corpus's own" in keys
    assert "classifier (79.0–87.0); of real ones 86.0\N{NO-BREAK SPACE}%" in keys
    assert "12.1\N{NO-BREAK SPACE}%of the sounds lie nearest to their own picture, of all held out (9.1–15.1)" in keys
    claims = "3 of 5of the paper's claims on control hold, measured on the synthetic world"
    assert f"{claims}; not so: “An edit moves nothing else”; 1 cannot be told" in keys


def test_a_report_of_unknown_metrics_is_told_all_the_same(tmp_path: Path) -> None:
    report = Report(1, {}, {}, {}, [Metric("warmth", "the model", Value(3.25), "K", {})], [], [], [], [])
    page = report_page(tmp_path, report)
    assert "A model was measured on data without a name." in page and "3.25</b><span>warmth, the model" in page


def test_a_number_stands_above_its_interval_and_the_papers(page: Parsed) -> None:
    cells = [text for _, text in page.all("td")]
    assert cells[:3] == ["83.079.0–87.0paper 30.1", "96.094.0–98.0paper 62.6", "31.429.4–34.4paper 16.1"]
    assert cells[13] == "not measured"  # the Inception Score of retrieved pictures
    assert "R@1,\N{NO-BREAK SPACE}%\N{NO-BREAK SPACE}↑" in [text for _, text in page.all("th")]


def test_a_claim_says_what_was_asked_what_chance_is_and_whether_it_holds(page: Parsed) -> None:
    claims = page.text("section", "claim")
    assert claims[0].startswith("Louder is larger holdsThe thing that sounds covers more of the picture")
    assert claims[0].endswith("0.830.77–0.88chance 0.50of 140 clips")
    assert "does not hold" in claims[3] and "cannot be told" in claims[4] and "four scenes: too few" in claims[4]
    drawn = [attributes["aria-label"] for attributes, _ in page.all("svg") if attributes.get("class") == "strip"]
    assert drawn[0] == "0.83, interval 0.77–0.88, chance 0.50"


def test_claims_say_that_they_are_measured_on_the_world_and_not_on_the_data(page: Parsed) -> None:
    (said,) = [text for text in page.text("p", "note") if "whose truth is known" in text]
    assert said.startswith("Measured on fresh takes of the synthetic world")


def test_what_was_left_out_is_named_with_its_reason(page: Parsed) -> None:
    assert next(text for _, text in page.all("dt")) == "no CLIP weights were given (--clip-weights)"
    named = next(text for _, text in page.all("dd"))
    assert named == "R@1 by CLIP, pictures from sounds; R@5 by CLIP, pictures from sounds"


def test_of_metrics_left_out_together_each_is_named_in_words(tmp_path: Path) -> None:
    left_out = Skipped("fid, thing_none, new_one of real pictures", "none were given")
    page = report_page(tmp_path, dataclasses.replace(made_up(), skipped=[left_out]))
    assert "<dd>FID, the judge finds no thing, new_one of real pictures</dd>" in page


def test_where_files_lie_on_a_machine_is_not_told(tmp_path: Path) -> None:
    made = {"options": {"data": "/home/ada/films", "judges": ["/home/ada/judge"]}}
    page = report_page(tmp_path, dataclasses.replace(made_up(), made=made))
    assert "/home" not in page and "<td>films</td>" in page and "<td>judge</td>" in page


def test_data_that_are_called_what_they_are_are_named_once(tmp_path: Path) -> None:
    data = {"name": "recordings", "kind": "recordings", "clips": 64}
    page = report_page(tmp_path, dataclasses.replace(made_up(), data=data))
    assert "Small world 7 was measured on recordings: 64 clips." in page


def test_what_it_was_run_with_is_told(page: Parsed) -> None:
    text = "".join(text for attributes, text in page.all("section") if attributes.get("id") == "run-with")
    for told in (
        "hash91f0c2aa7b3e5d10",
        "seed0",
        "python 3.11.2, torch 2.11.0",
        "judgesjudge, thing-judge",
        "at 1, array",
    ):
        assert told in text


def test_headings_come_in_order_and_every_part_is_in_the_contents(page: Parsed) -> None:
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1 and levels.count(1) == 1 and all(b - a <= 1 for a, b in pairwise(levels))
    ids = [attributes["id"] for tag, attributes, _ in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [(attributes["href"] or "")[1:] for attributes, _ in page.all("a")][:-1]
    assert links == ["claims", "tables", "numbers", "figures", "curves", "left-out", "run-with"]
    assert set(links) <= set(ids)


def test_tables_say_what_they_are_and_what_heads_what(page: Parsed) -> None:
    assert len(page.all("caption")) == len(page.all("table")) and all(text for _, text in page.all("caption"))
    assert {attributes.get("scope") for attributes, _ in page.all("th")} == {"row", "col"}
    for attributes, _ in page.all("div"):
        if "wide" in (attributes.get("class") or "").split():
            assert attributes["tabindex"] == "0" and attributes["role"] == "region" and attributes["aria-label"]


def test_whoever_sees_no_picture_is_told_of_it(page: Parsed) -> None:
    assert [attributes["alt"] for attributes, _ in page.all("img")] == [
        "Pictures of single sounds",
        "A map of the sounds",
    ]
    assert all(attributes["aria-label"] for attributes, _ in page.all("svg", "audio"))


def test_curves_are_drawn_as_far_as_they_are_finite() -> None:
    run = RunCurves("judge", 20, 1.0, {"loss": [(0, 2.0), (10, float("nan")), (20, 1.0)], "val_loss": [(20, 1.5)]})
    _, drawn = curve_plots([run, RunCurves("localizer", 3, 1.0, {"other": [(1, 2.0)]})])
    parsed = Parsed(drawn)
    assert [text for _, text in parsed.all("h3")] == ["judge, 20 steps, 1 min"]
    assert [attributes["points"] for attributes, _ in parsed.all("polyline")] == ["46.0,22.0 252.0,128.0", "252.0,75.0"]
    assert [attributes["aria-label"] for attributes, _ in parsed.all("svg")] == [
        "loss: training 2.00 at step 0, 1.00 at step 20; held out 1.50 at step 20, 1.50 at step 20"
    ]


def test_a_report_without_curves_figures_or_claims_has_no_empty_parts(tmp_path: Path) -> None:
    bare = dataclasses.replace(made_up(), figures=[], claims=[], skipped=[])
    links = [text for _, text in Parsed(report_page(tmp_path, bare)).all("a")]
    assert links[:-1] == ["The paper's tables", "All numbers", "What it was run with"]


def _hostile() -> Report:
    value = Value(0.5, 0.4, 0.6, 3)
    table = Table(
        HOSTILE, HOSTILE, HOSTILE, [Column("k", HOSTILE, HOSTILE, "up")], [Row(HOSTILE, {"k": value}, {})], HOSTILE
    )
    return Report(
        1,
        {"when": HOSTILE, "seed": HOSTILE, HOSTILE: HOSTILE, "options": {HOSTILE: [HOSTILE]}},
        {"name": HOSTILE, "version": HOSTILE},
        {"name": HOSTILE, "kind": HOSTILE},
        [Metric(HOSTILE, HOSTILE, value, HOSTILE, {HOSTILE: HOSTILE}, HOSTILE)],
        [table],
        [Figure(HOSTILE, HOSTILE, HOSTILE, "figure.png", HOSTILE, ["<b>.wav"])],
        [Claim(HOSTILE, HOSTILE, HOSTILE, value, 0.5, False, HOSTILE)],
        [Skipped(HOSTILE, HOSTILE)],
    )


def test_names_are_text_and_never_markup(folder: Path, tmp_path: Path) -> None:
    there = dataclasses.replace(_hostile(), data={"clips": HOSTILE})
    parsed = Parsed(report_page(tmp_path, _hostile(), (folder / "version-6", there)))
    assert parsed.all("img", "script") == []
    assert not any(key.startswith("on") for _, attributes, _ in parsed.elements for key in attributes)
    assert HOSTILE in "".join(text for _, text in parsed.all("h1"))


@pytest.mark.parametrize("name", ["not-there.png", "notes.txt", "", "..", "broken.png"])
def test_a_picture_that_cannot_be_shown_is_named_in_its_place(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "broken.png").write_text("no picture")
    report = dataclasses.replace(made_up(), figures=[Figure("figure-1", "One", "Figure 1", name, "", ["gone.flac"])])
    warnings = Parsed(report_page(tmp_path, report)).text("p", "warning")
    assert warnings == [
        f"{one} cannot be shown: it is not beside the report, or cannot be read" for one in (name, "gone.flac")
    ]


def test_side_by_side_both_numbers_stand_with_their_difference_and_whether_they_part(side_by_side: Parsed) -> None:
    cells = [text for _, text in side_by_side.all("td")]
    assert cells[0] == "83.079.0–87.0paper 30.1there 73.0 (69.5–76.6)+10.0, apart: better"
    assert cells[2] == "31.429.4–34.4paper 16.1there 27.6 (25.9–30.3)+3.8, overlap"
    assert any(cell.endswith("there 36.1 +4.9, no interval") for cell in cells)
    claims = side_by_side.text("section", "claim")
    assert claims[2].endswith("there 0.79 (0.76–0.82)+0.11, apartanswer there: cannot be told")
    assert "there" not in claims[3]


def test_a_higher_number_is_worse_where_lower_is_better(folder: Path) -> None:
    report = made_up()
    higher = dataclasses.replace(report.metrics[12], value=Value(90.0, 80.0, 99.0))
    page = report_page(folder, dataclasses.replace(report, metrics=[higher]), (folder, report))
    assert higher.name == "fid" and "+51.8, apart: worse" in page


def test_what_was_not_measured_alike_is_said_before_any_number(side_by_side: Parsed, page: Parsed) -> None:
    (warning,) = side_by_side.text("div", "warning")
    assert warning.startswith("Not measured alike.")
    assert "data, clips: 448 here, 300 there" in warning and "seed: 0 here, 1 there" in warning
    assert page.text("div", "warning") == []
    compared = "".join(text for attributes, text in side_by_side.all("section") if attributes.get("id") == "beside")
    assert "There: version-6, Small world 6 on held-out takes." in compared
    assert "Two intervals are apart where the whole of one lies above the whole of the other." in compared
    assert "Claims with another answer: Louder is larger; Both in a mix; A blend is monotone." in compared
    assert "Only in the other report: iou, the model." in compared


def test_equal_conditions_are_said_too(folder: Path) -> None:
    page = report_page(folder / "ours", made_up(), (folder / "version-6", made_up()))
    assert "Both were measured on data of the same name and counts, with the same seed and options." in page
    assert "Both reports are about the same model." in page


def test_the_other_reports_figure_stands_under_ours(side_by_side: Parsed) -> None:
    alts = [attributes["alt"] for attributes, _ in side_by_side.all("img")]
    assert alts == ["Pictures of single sounds", "Pictures of single sounds, in version-6", "A map of the sounds"]


def test_another_report_without_its_figures_is_no_fault(folder: Path, tmp_path: Path) -> None:
    page = Parsed(report_page(folder / "ours", made_up(), (tmp_path / "report.json", another())))
    assert len(page.all("img")) == 2 and page.text("p", "warning") == []


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_letters_stand_out_from_the_paper_bright_dark_and_printed(folder: Path) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    style = re.sub(r"\s+", " ", report_page(folder, made_up()).partition("</style>")[0])
    palettes = [dict(re.findall(r"--([a-z]+): (#[0-9a-f]+)", rule)) for rule in re.findall(r":root \{([^}]*)\}", style)]
    common_bright, common_dark, bright, dark, printed = palettes
    for palette in ({**common_bright, **bright}, {**common_dark, **dark}, printed):
        for ink in ("ink", "faint", "better", "worse", "open", "accent", "chance", "held"):
            for ground in ("paper", "card"):
                low, high = sorted((_luminance(palette[ink]), _luminance(palette[ground])))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground, palette[ink], palette[ground])
