"""The description of the API is true: whatever is sent, the answer is one that it promises."""

from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method

from contracts.clock import utc_now
from hub import tokens
from hub.provenance import Entrance, Provenance
from hub.tokens import KINDS, Rights
from hub.web.api import create_api
from tests.hub.web.conftest import Desk

NOT_CHECKED = [unsupported_method, positive_data_acceptance]
"""The second: no schema can say which measures, units and states a district has."""

PATHS = ("/observations", "/cases", "/mentions", "/figures")


def test_every_operation_is_tried(desk: Desk) -> None:
    described = create_api(desk.context).openapi()
    assert set(described["paths"]) == set(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_as_described(desk: Desk, path: str) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_api(desk.context))
    by = Provenance(source="t", actor="an", entrance=Entrance.PERSON, recorded_at=utc_now())
    with desk.context.database.work() as work:
        rights = Rights(kinds=frozenset(KINDS))
        secret = tokens.create(work, "fuzz", rights, valid=timedelta(days=1), provenance=by)
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    [operation] = [each for each in found if each.path == path]

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def holds(case: Case[Any]) -> None:
        case.call_and_validate(
            headers={"Authorization": f"Bearer {secret}"}, excluded_checks=NOT_CHECKED
        )

    holds()
