"""Down-sampling on InfluxDB 1: one continuous query for each measurement and tier."""

import re
from dataclasses import dataclass

from contracts.measurement import Measurement
from provisioning.downsampling import functions
from provisioning.tiers import DAY_BEGINS_UTC, Tier

PREFIX = "ioc_"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinuousQuery:
    """`statement` makes it; `select` is what it runs, without a time."""

    name: str
    database: str
    resample: str
    select: str
    group: str

    @property
    def statement(self) -> str:
        return (
            f'CREATE CONTINUOUS QUERY "{self.name}" ON "{self.database}" {self.resample} '
            f"BEGIN {self.select} {self.group} END"
        )

    def same_as(self, shown: str) -> bool:
        """Whether `shown`, the server's own wording of a query, says the same."""
        return _plain(shown) == _plain(self.statement)


def continuous(
    database: str, raw_policy: str, tier: Tier, measurement: Measurement
) -> ContinuousQuery:
    """`raw_policy` is the retention policy of the raw points."""
    fields = ", ".join(
        f'{function}("{name}") AS "{name}"' for name, function in functions(measurement).items()
    )
    aligned = f", {DAY_BEGINS_UTC}h" if tier.every == "1d" else ""
    return ContinuousQuery(
        name=f"{PREFIX}{tier.name}_{measurement}",
        database=database,
        resample=f"RESAMPLE EVERY {tier.every} FOR {tier.again_days}d",
        select=f'SELECT {fields} INTO "{database}"."{tier.name}"."{measurement}" '  # noqa: S608
        f'FROM "{database}"."{raw_policy}"."{measurement}"',
        group=f"GROUP BY time({tier.every}{aligned}), *",
    )


def _plain(statement: str) -> str:
    """Without quotes around names and with single spaces: servers word the same differently."""
    return re.sub(r"\s+", " ", statement.replace('"', "")).strip()
