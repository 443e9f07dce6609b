"""Tokens: least right, shown once, ended at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from contracts.topics import Kind
from hub import audit, tokens
from hub.database import Database
from hub.provenance import Entrance, Provenance
from hub.records import tokens as table
from hub.tokens import NameTaken, NoSuchToken, Rights
from tests.hub.conftest import NOON

BY_HAND = Provenance(source="ioc", actor="an", entrance=Entrance.PERSON, recorded_at=NOON)
SCHOOLS = Rights(
    kinds=frozenset({Kind.OBSERVATION}),
    subsystems=frozenset({"education"}),
    units=frozenset({"thcs-prao"}),
)
YEAR = timedelta(days=365)


def test_the_secret_is_kept_nowhere_and_finds_its_token(database: Database) -> None:
    with database.work() as work:
        secret = tokens.create(work, "csdl", SCHOOLS, valid=YEAR, provenance=BY_HAND)
        found = tokens.find(work.connection, secret, NOON)
        rows = work.connection.execute(select(table)).all()
    assert found is not None
    assert (found.name, found.rights) == ("csdl", SCHOOLS)
    assert secret not in str(rows)


@pytest.mark.parametrize(("later", "found"), [(YEAR - timedelta(seconds=1), True), (YEAR, False)])
def test_a_token_ends_with_its_time(database: Database, later: timedelta, found: bool) -> None:
    with database.work() as work:
        secret = tokens.create(work, "csdl", SCHOOLS, valid=YEAR, provenance=BY_HAND)
        assert (tokens.find(work.connection, secret, NOON + later) is not None) is found


def test_a_revoked_token_opens_nothing_and_the_audit_says_who_ended_it(
    database: Database,
) -> None:
    with database.work() as work:
        secret = tokens.create(work, "csdl", SCHOOLS, valid=YEAR, provenance=BY_HAND)
        tokens.revoke(work, "csdl", BY_HAND)
        assert tokens.find(work.connection, secret, NOON) is None
        assert [entry.action for entry in audit.of(work.connection, "token csdl")] == [
            "token-revoked",
            "token-created",
        ]


def test_a_name_is_given_once_and_an_unknown_one_is_said(database: Database) -> None:
    with database.work() as work:
        tokens.create(work, "csdl", SCHOOLS, valid=YEAR, provenance=BY_HAND)
        with pytest.raises(NameTaken, match="csdl"):
            tokens.create(work, "csdl", SCHOOLS, valid=YEAR, provenance=BY_HAND)
        with pytest.raises(NoSuchToken, match="igate"):
            tokens.revoke(work, "igate", BY_HAND)


@pytest.mark.parametrize(
    ("kind", "subsystem", "unit", "allowed"),
    [
        (Kind.OBSERVATION, "education", "thcs-prao", True),
        (Kind.CASE, "education", "thcs-prao", False),
        (Kind.OBSERVATION, "health", "thcs-prao", False),
        (Kind.OBSERVATION, "education", "thcs-ba", False),
    ],
)
def test_a_right_is_for_a_kind_a_subsystem_and_a_unit(
    kind: Kind, subsystem: str, unit: str, allowed: bool
) -> None:
    assert SCHOOLS.allow(kind, subsystem, unit) is allowed


def test_empty_sets_allow_all() -> None:
    everything = Rights(kinds=frozenset({Kind.CASE}))
    assert everything.allow(Kind.CASE, "public-services", "20467")


def test_a_use_is_noted_once_a_minute_and_a_guess_writes_nothing(database: Database) -> None:
    with database.work() as work:
        secret = tokens.create(work, "csdl", SCHOOLS, valid=YEAR, provenance=BY_HAND)
    seen = []
    for seconds in (0, 30, 90):
        now = NOON + timedelta(seconds=seconds)
        with database.read() as connection:
            assert tokens.find(connection, "ioc_guess", now) is None
            token = tokens.find(connection, secret, now)
        assert token is not None
        tokens.used(database, token, now)
        with database.read() as connection:
            seen.append(connection.scalar(select(table.c.last_used_at)))
    assert seen == [NOON, NOON, NOON + timedelta(seconds=90)]
