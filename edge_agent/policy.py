"""When a look becomes a sighting: every threshold of the confirmation, in one place.

Opening thresholds, windows and stillness go with the detector 0.3.0.  They were chosen on the
series and stills of train and val and on the clips: at a frame a minute TOWER raised 10 of 11 fires
after a median of 3 frames with no alarm in 12 clear hours (eight of them from cameras that the
network was trained on; of the others it is slower, see the model card); STREET raised all six
burning clips and stayed silent on both others; of 571 stills held before the camera 7 opened under
TOWER, 2 under STREET.  Steps were chosen by reasoning: there is no video of far smoke.  Nothing was
chosen on the test split.  `ioc model operating-point` chooses anew, for other weights or views.
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
    step_s=MappingProxyType({Label.SMOKE: 30.0, Label.FIRE: 1.0}),
    floor=MappingProxyType({Label.SMOKE: 0.15, Label.FIRE: 0.25}),
    window=5,
    hits=4,
    opens=MappingProxyType({Label.SMOKE: 0.44, Label.FIRE: 0.44}),
    margin=0.1,
    largest=0.35,
    link=0.25,
    still_after=4,
    still=0.10,
    closes_after_s=300.0,
    updates_every_s=30.0,
)
"""Far smoke creeps, so its steps are long and little change is asked for; valley fog is wide, so
size is bounded."""

STREET = Policy(
    step_s=MappingProxyType({Label.SMOKE: 0.25, Label.FIRE: 0.25}),
    floor=MappingProxyType({Label.SMOKE: 0.20, Label.FIRE: 0.20}),
    window=6,
    hits=5,
    opens=MappingProxyType({Label.SMOKE: 0.48, Label.FIRE: 0.44}),
    margin=0.1,
    largest=0.95,
    link=0.25,
    still_after=5,
    still=0.12,
    closes_after_s=60.0,
    updates_every_s=10.0,
)
"""Near fire: it flickers at once, and may fill the picture.  Stillness is judged before anything
opens: that alone silenced nine in ten of the lamps, screens and sunsets that once alarmed."""


def policy_for(scene: str) -> Policy:
    """`tower` or `street`, as the configuration has it."""
    return {"tower": TOWER, "street": STREET}[scene]


def with_opens(policy: Policy, opens: Mapping[Label, float]) -> Policy:
    """The policy with other opening thresholds; a label that `opens` does not name keeps its."""
    return replace(policy, opens=MappingProxyType({**policy.opens, **opens}))
