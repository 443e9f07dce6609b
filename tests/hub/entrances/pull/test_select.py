"""Nothing but one SELECT gets near another system's database."""

import pytest

from hub.entrances.pull.select import NotASelect, only_select


@pytest.mark.parametrize(
    "query",
    [
        "SELECT a, b FROM t WHERE c >= :since ORDER BY c",
        "  select 1;",
        "WITH x AS (SELECT 1 AS a) SELECT a FROM x",
        "SELECT 'drop table t; --' AS a, \"update\", updated_at, replace(a, 'x', '') FROM t",
    ],
)
def test_a_select_passes(query: str) -> None:
    only_select(query)


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM t",
        "SELECT 1; DELETE FROM t",
        "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
        "SELECT * INTO copy FROM t",
        "SELECT * FROM t FOR UPDATE",
        "select 1 /* ; */ ; drop table t",
        "SELECT 1 -- x\n; DROP TABLE t",
        "SELECT $$a$$; DROP TABLE t; --$$",
        "SELECT $x$'$x$; DROP TABLE t",
        "SELECT E'\\'; DROP TABLE t; --'",
        "EXPLAIN ANALYZE DELETE FROM t",
        "PRAGMA writable_schema = 1",
        "",
    ],
)
def test_anything_else_does_not(query: str) -> None:
    with pytest.raises(NotASelect):
        only_select(query)
