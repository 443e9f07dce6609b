"""The security notes point at tests that are there, and at times that are the defaults."""

import re
from pathlib import Path

from hub.config import Keep, Rules
from hub.web import access
from provisioning import enrolment, renewal, service

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
DEFINED = re.compile(r"^(?:async )?def (test_\w+)", re.MULTILINE)


def test_each_test_that_the_notes_name_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 40
    files = (ROOT / "tests").rglob("test_*.py")
    there = {name for file in files for name in DEFINED.findall(file.read_text(encoding="utf-8"))}
    assert named - there == set()


def test_the_times_and_limits_are_those_of_the_code() -> None:
    keep = Keep()
    assert f"{keep.evidence_days:.0f} days (`keep.evidence_days`)" in PAGE
    assert f"{keep.notifications_days:.0f} days (`keep.notifications_days`)" in PAGE
    assert f"{keep.places_days:.0f} days (`keep.places_days`)" in PAGE
    terms = (keep.citizen_photos_days, keep.citizen_words_days, keep.citizen_reports_days)
    assert f"{terms[0]:.0f}, {terms[1]:.0f}, {terms[2]:.0f} days" in PAGE
    assert f"{keep.quarantine_messages:,} or {keep.quarantine_bytes // 10**6} MB" in PAGE
    assert f"{enrolment.TOKEN_LIFE.total_seconds() / 3600:.0f} hours; ten tries" in PAGE
    assert (service.TRIES, service.TRIES_OF_ALL, access.TRIES, renewal.MOST) == (10, 60, 8, 6)
    assert Rules().offline_after_s == 300, "an incident after five minutes"
    assert access.SESSION_S == 12 * 3600, "twelve hours"
