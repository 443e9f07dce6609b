"""When a look becomes a sighting: every threshold of the confirmation, in one place.

Opening thresholds go with the detector 0.2.0, whose scores rarely pass .6.  TOWER's were chosen on
the train and val series (`ioc model evaluate`: 10 of 11 fires raised, one false alarm in 12
clear hours); STREET's on the clips of the picture set at four looks a second, where all six fires
open and both fire-free clips stay quiet.  None was chosen on the test split.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from contracts.sighting import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Scores are 0..1; areas and distances are fractions of the picture.

    step_s: the time base.  Looks closer together than this many seconds count as one step, with
        their mean score; looks further apart are each a step.  So a policy means the same at four
        looks a second and at one a minute: flames are judged in seconds, far smoke in minutes.
    floor: a box below it feeds no track.
    window, hits: of the last `window` steps at least `hits` must have shown it.
    opens: a track's pooled score (sum over the window, misses count 0, divided by `window`).
    margin: by so much it must pass the noise of its place and hour, where there is any.  Noise
        counts at most `opens`, so this is also the most by which an opening gets harder.
    largest: a box over this share of the picture is a wall of fog, not a plume.
    link: the least likeness (intersection over the mean area) that joins a box to a track.
    still_after, still: a track whose area, score and place varied by less than `still` over that
        many steps is a lamp, a roof or a rock.
    closes_after_s: seconds without a hit after which a sighting is over.
    updates_every_s: at most one update a sighting in that time, unless it changed much.
    """

    step_s: Mapping[Label, float]
    floor: Mapping[Label, float]
    window: int
    hits: int
    opens: Mapping[Label, float]
    margin: float
    largest: float
    link: float
    still_after: int
    still: float
    closes_after_s: float
    updates_every_s: float

    def hastened(self, speed: float) -> "Policy":
        """For a recording that runs `speed` times faster than life; updates cost what they cost."""
        return replace(
            self,
            step_s=MappingProxyType({label: base / speed for label, base in self.step_s.items()}),
            closes_after_s=self.closes_after_s / speed,
        )


TOWER = Policy(
    step_s=MappingProxyType({Label.SMOKE: 15.0, Label.FIRE: 1.0}),
    floor=MappingProxyType({Label.SMOKE: 0.15, Label.FIRE: 0.25}),
    window=6,
    hits=4,
    opens=MappingProxyType({Label.SMOKE: 0.36, Label.FIRE: 0.40}),
    margin=0.1,
    largest=0.35,
    link=0.25,
    still_after=120,
    still=0.01,
    closes_after_s=300.0,
    updates_every_s=30.0,
)
"""Far smoke creeps, so stillness is judged late; valley fog is wide, so size is bounded."""

STREET = Policy(
    step_s=MappingProxyType({Label.SMOKE: 0.25, Label.FIRE: 0.25}),
    floor=MappingProxyType({Label.SMOKE: 0.20, Label.FIRE: 0.20}),
    window=6,
    hits=4,
    opens=MappingProxyType({Label.SMOKE: 0.40, Label.FIRE: 0.34}),
    margin=0.1,
    largest=0.95,
    link=0.25,
    still_after=6,
    still=0.02,
    closes_after_s=60.0,
    updates_every_s=10.0,
)
"""Near fire: it flickers at once, and may fill the picture."""


def policy_for(scene: str) -> Policy:
    """`tower` or `street`, as the configuration has it."""
    return {"tower": TOWER, "street": STREET}[scene]


def with_opens(policy: Policy, opens: Mapping[Label, float]) -> Policy:
    """The policy with other opening thresholds; a label that `opens` does not name keeps its."""
    return replace(policy, opens=MappingProxyType({**policy.opens, **opens}))
