"""How long points are kept, and how coarse: raw, hourly, daily.

Boards and hub name no retention policy, so they meet the default one: that is the raw tier.
The coarser tiers hold the same measurements and fields under the policies `hourly` and `daily`,
for the years that raw points are not kept.
"""

from dataclasses import dataclass
from typing import Self

RAW_DAYS = 400
"""A year and a month: this dry season can be laid over the last one."""
HOURLY_DAYS = 1830
"""Five years, the term of a district's plan."""
DAILY_DAYS = 0
LONGEST_VIEW_DAYS = 90
"""The longest time that a board opens with."""
DAY_BEGINS_UTC = 17
"""00:00 in Việt Nam, which has no summer time."""


class BadTiers(ValueError):
    """Days that would lose what boards or coarser tiers need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """`days` 0 keeps for ever; `shard_days` is how much the server drops at once.

    A coarser tier is reckoned anew for its last `again_days` at each run, because a box that was
    cut off sends what it saw days later.
    """

    name: str
    days: int
    shard_days: int
    every: str = ""
    again_days: int = 0

    @property
    def kept(self) -> str:
        return f"keeps {self.days} days" if self.days else "keeps for ever"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    raw: Tier
    coarse: tuple[Tier, ...]

    @classmethod
    def of(cls, *, raw: int = RAW_DAYS, hourly: int = HOURLY_DAYS, daily: int = DAILY_DAYS) -> Self:
        """Raises BadTiers."""
        made = cls(
            raw=Tier(name="raw", days=raw, shard_days=7),
            coarse=(
                Tier(name="hourly", days=hourly, shard_days=30, every="1h", again_days=3),
                Tier(name="daily", days=daily, shard_days=360, every="1d", again_days=30),
            ),
        )
        made.check()
        return made

    def check(self) -> None:
        if any(each.days < 0 for each in (self.raw, *self.coarse)):
            raise BadTiers("days to keep: a number, or 0 for ever")
        if 0 < self.raw.days < LONGEST_VIEW_DAYS:
            raise BadTiers(
                f"--raw-days {self.raw.days}: boards show up to {LONGEST_VIEW_DAYS} days of raw "
                "points; keep at least those"
            )
        for finer, coarser in zip((self.raw, *self.coarse), self.coarse, strict=False):
            if coarser.days and (not finer.days or coarser.days < finer.days):
                raise BadTiers(
                    f"--{coarser.name}-days {coarser.days}: {finer.name} points are kept longer; "
                    "a coarser tier must outlast a finer one"
                )
