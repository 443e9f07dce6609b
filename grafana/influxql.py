"""An InfluxQL target: the one query language that InfluxDB 1.8, 2.x and 3 all speak.

The SDK has no builder for the InfluxDB plugin, so its query model stands here
(grafana.com/docs, InfluxDB query editor: `rawQuery`, `resultFormat`, `alias`).
"""

from typing import Literal, Self

from grafana_foundation_sdk.cog import builder, variants

Format = Literal["time_series", "table"]


class InfluxQuery(variants.Dataquery):
    """A raw query; `alias` may hold `$tag_name`."""

    def __init__(self, query: str, *, alias: str = "", result_format: Format = "time_series"):
        self.query = query
        self.alias = alias
        self.result_format = result_format
        self.ref_id = "A"

    def to_json(self) -> dict[str, object]:
        return {
            "refId": self.ref_id,
            "rawQuery": True,
            "query": self.query,
            "alias": self.alias,
            "resultFormat": self.result_format,
        }


class Influx(builder.Builder[variants.Dataquery]):
    """Builds one InfluxQuery, as the SDK's panels want it."""

    def __init__(self, query: InfluxQuery) -> None:
        self._query = query

    def ref_id(self, letter: str) -> Self:
        self._query.ref_id = letter
        return self

    def build(self) -> InfluxQuery:
        return self._query


def over_time(
    field: str, source: str, *, by: str = "", where: str = "", how: str = "mean", alias: str = ""
) -> InfluxQuery:
    """`how`(field) of each interval, one series for each value of the tag `by`."""
    groups = f', "{by}"' if by else ""
    return InfluxQuery(
        f'SELECT {how}("{field}") FROM "{source}" WHERE {_all_of(where)} '  # noqa: S608
        f"GROUP BY time($__interval){groups} fill(none)",
        alias=alias or (f"$tag_{by}" if by else ""),
    )


def newest(field: str, source: str, *, by: str = "", where: str = "") -> InfluxQuery:
    """The last value, as a table with a row for each value of `by`."""
    groups = f' GROUP BY "{by}"' if by else ""
    return InfluxQuery(
        f'SELECT last("{field}") AS "value" FROM "{source}" '  # noqa: S608
        f"WHERE {_all_of(where)}{groups}",
        result_format="table",
    )


def total(field: str, source: str, *, by: str = "", where: str = "") -> InfluxQuery:
    """The sum over the time shown, as a table with a row for each value of `by`."""
    groups = f' GROUP BY "{by}"' if by else ""
    return InfluxQuery(
        f'SELECT sum("{field}") AS "value" FROM "{source}" '  # noqa: S608
        f"WHERE {_all_of(where)}{groups}",
        result_format="table",
    )


def values_of(tag: str, source: str) -> str:
    """The query of a template variable."""
    return f'SHOW TAG VALUES FROM "{source}" WITH KEY = "{tag}"'


def _all_of(where: str) -> str:
    return f"$timeFilter AND {where}" if where else "$timeFilter"
