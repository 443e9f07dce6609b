"""The points of decision 766 for each commune and month, from the figures of the boards.

What no figure tells is not judged, and the points that could not be judged are missing from the
sum: the page of the score says which.
"""

from collections.abc import Iterator

from sqlalchemy import select

from contracts.indicator import ObservationBody
from hub.catalogue.periods import Period, Span, between
from hub.engines import score766
from hub.reckoning.desk import Desk, body
from hub.records import figures

FROM_FIGURES = {
    "published-on-time": "public-services.published-on-time",
    "resolved-on-time": "public-services.on-time",
    "components-digitised": "public-services.digitised",
    "electronic-results": "public-services.electronic-results",
    "data-reused": "public-services.data-reused",
    "full-process-services": "public-services.procedures-in-use",
    "submitted-online": "public-services.online",
    "paid-online": "public-services.paid-online",
    "service-satisfied": "public-services.satisfaction",
    "feedback-on-time": "citizens-reports.on-time",
    "feedback-satisfied": "citizens-reports.satisfaction",
}
"""Criterion of the decision and the indicator that tells its rate."""


def reckon(desk: Desk) -> Iterator[ObservationBody]:
    for month in between(Span.MONTH, desk.since, desk.now):
        for commune in desk.units("commune"):
            rates = _rates(desk, commune, month)
            if not rates:
                continue
            score = score766.score(commune, rates, score766.rules())
            yield body("public-services.score-766", commune, month, round(score.earned, 2))
            for group in score.groups:
                if group.judged:
                    measure = f"public-services.score-{group.id}"
                    yield body(measure, commune, month, round(group.earned, 2))


def _rates(desk: Desk, commune: str, month: Period) -> dict[str, float | None]:
    query = select(figures.c.indicator, figures.c.value).where(
        figures.c.indicator.in_(FROM_FIGURES.values()),
        figures.c.unit == commune,
        figures.c.period_start == month.start,
        figures.c.period_end == month.end,
        figures.c.value.is_not(None),
    )
    known = {row.indicator: row.value for row in desk.connection.execute(query)}
    return {
        criterion: min(max(known[indicator], 0.0), 100.0)
        for criterion, indicator in FROM_FIGURES.items()
        if indicator in known
    }
