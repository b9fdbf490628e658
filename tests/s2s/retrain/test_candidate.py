"""The new bundle's name and what its card tells."""

from datetime import date

import pytest

from s2s.retrain.candidate import NO_CONSENT, Story, command_line, next_version


@pytest.mark.parametrize(
    ("before", "after"),
    [("1", "1.venue-1"), ("1.venue-1", "1.venue-2"), ("2.0.venue-9", "2.0.venue-10"), ("1.venue-x", "1.venue-1")],
)
def test_every_evening_has_a_version_of_its_own(before: str, after: str) -> None:
    assert next_version(before) == after


def test_the_command_is_told_without_anybodys_paths() -> None:
    summary = command_line("an evening", "OUT", {"minutes": "20", "forget": True})
    assert summary == "python -m s2s retrain 'an evening' OUT --minutes 20 --forget"


def test_consent_is_told_or_its_absence_is() -> None:
    given = Story(date(2024, 5, 18), "evening", "…", "A sign at the door.")
    assert given.consent_in_words == "Consent note: A sign at the door."
    assert Story(date(2024, 5, 18), "evening", "…").consent_in_words == NO_CONSENT
