"""A report as one HTML file, for a phone, a screen and paper: nothing is fetched, pictures and sounds are in it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from s2s.evaluate.curves import read_curves
from s2s.evaluate.report.about import left_out, run_with
from s2s.evaluate.report.claim_list import claim_list
from s2s.evaluate.report.compare import Beside
from s2s.evaluate.report.comparison import comparison
from s2s.evaluate.report.curve_plots import curve_plots
from s2s.evaluate.report.figures import figure_list
from s2s.evaluate.report.model import Report
from s2s.evaluate.report.tables import metric_tables, paper_tables
from s2s.evaluate.report.words import key_numbers, lead, title_of
from s2s.files.atomic_write import write_text
from s2s.media.page import Html, document, element

PAGE: Final = "report.html"
_STYLE: Final = Path(__file__).with_name("report.css")
_PAPER: Final = (
    "https://openaccess.thecvf.com/content/CVPR2023/html/"
    "Sung-Bin_Sound_to_Visual_Scene_Generation_by_Audio-to-Visual_Latent_Alignment_CVPR_2023_paper.html"
)

_OF_THE_WORLD: Final = (
    "Measured on fresh takes of the synthetic world, whose truth is known, not on the data of this report: "
    "they say what the model does, whatever it was played besides."
)


def write_page(folder: Path, report: Report, against: tuple[Path, Report] | None = None) -> Path:
    """Write `report.html` into `folder` and return its path; figures, sounds and `curves.json` are read from there.

    `against` is another report and the folder it was read from: both numbers, their difference, and whether the
    intervals part stand wherever both have them. Raises OSError, and ValueError for a `curves.json` that is none.
    """
    path = folder / PAGE
    write_text(path, report_page(folder, report, against))
    return path


def report_page(folder: Path, report: Report, against: tuple[Path, Report] | None = None) -> Html:
    """Return the page as text; see `write_page`."""
    beside = None if against is None else Beside(_called(against[0], folder), against[1])
    other = None if against is None or beside is None else (_folder(against[0]), beside)
    parts = [
        ("beside", "Beside another report", () if beside is None else comparison(report, beside)),
        ("claims", "What the paper claims, and what holds", _claims(report, beside)),
        ("tables", "The paper's tables", paper_tables(report.tables, beside)),
        ("numbers", "All numbers", metric_tables(report, beside)),
        ("figures", "Figures", figure_list(folder, report, other)),
        ("curves", "How the model learnt", curve_plots(read_curves(folder))),
        ("left-out", "What was not measured", left_out(report) if report.skipped else ()),
        ("run-with", "What it was run with", _grid("run-with", run_with(report))),
    ]
    filled = [(id_, title, section) for id_, title, body in parts if (section := list(body))]
    return document(title_of(report), _body(report, filled), _STYLE.read_text(encoding="utf-8"))


def _body(report: Report, parts: list[tuple[str, str, list[Html]]]) -> Iterator[Html]:
    yield element("header", *_header(report), _contents(parts))
    sections = (
        element("section", element("h2", title, id=f"{id_}-title"), *body, id=id_, aria_labelledby=f"{id_}-title")
        for id_, title, body in parts
    )
    yield element("main", *sections)
    yield element("footer", *_footer(report))


def _header(report: Report) -> Iterator[Html]:
    yield element("p", "Evaluation report", class_="kind")
    yield element("h1", title_of(report))
    yield element("p", lead(report), class_="lead")
    keys = (element("li", element("b", one.number), element("span", one.words)) for one in key_numbers(report))
    yield element("ul", *keys, class_="keys")
    if report.skipped:
        yield element(
            "p", f"{len(report.skipped)} things were not measured; they and why are named below.", class_="note"
        )


def _contents(parts: Iterable[tuple[str, str, list[Html]]]) -> Html:
    links = (element("li", element("a", title, href=f"#{id_}")) for id_, title, _ in parts)
    return element("nav", element("ul", *links), aria_label="contents")


def _footer(report: Report) -> Iterator[Html]:
    yield element(
        "p",
        "Each number stands above its 95 % interval. ",
        element("span", "paper", class_="published"),
        " marks what the paper published; where a note says so, on another corpus, which makes it another task. ",
        "R@k: the right one is among the first k. Shares are in per cent.",
        class_="note",
    )
    paper = element("a", "Sound to Visual Scene Generation by Audio-to-Visual Latent Alignment", href=_PAPER)
    yield element("p", "The paper: Sung-Bin et al., ", paper, ", CVPR 2023.", class_="note")
    if when := _when(report.made.get("when")):
        yield element("p", f"Measured {when}; format {report.format}.", class_="note")


def _when(iso: Any) -> str:
    return str(iso)[:16].replace("T", " ") if iso else ""


def _claims(report: Report, beside: Beside | None) -> Iterator[Html]:
    if report.claims:
        yield element("p", _OF_THE_WORLD, class_="note")
    yield from _grid("claims", claim_list(report, beside))


def _grid(class_: str, body: Iterable[Html]) -> Iterator[Html]:
    if parts := list(body):
        yield element("div", *parts, class_=class_)


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _called(path: Path, folder: Path) -> str:
    """Return what the other report is called on the page: the folder it lies in, without the way to it."""
    name = _folder(path).resolve().name
    return f"the other {name}" if name == folder.resolve().name else name
