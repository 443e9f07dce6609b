"""Everything a training run can be told, in one place."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

FAR_FIRST: Mapping[str, float] = MappingProxyType(
    {
        "tower-smoke": 0.20,
        "tower-clear": 0.08,
        "tower-unverified": 0.04,
        "tower-plume": 0.12,
        "longrange": 0.03,
        "wild": 0.05,
        "urban": 0.14,
        "web-fire": 0.14,
        "web-fire-2": 0.04,
        "flare": 0.02,
        "cctv-a": 0.04,
        "cctv-b": 0.05,
        "forest": 0.02,
        "ordinary": 0.03,
    }
)
"""How often each kind of picture is drawn; sums to 1.  Far smoke most: it is rarest."""

NEAR_TOO: Mapping[str, float] = MappingProxyType(
    {
        "tower-smoke": 0.16,
        "tower-clear": 0.08,
        "tower-unverified": 0.03,
        "tower-plume": 0.09,
        "longrange": 0.02,
        "wild": 0.04,
        "urban": 0.15,
        "web-fire": 0.19,
        "web-fire-2": 0.04,
        "flare": 0.02,
        "cctv-a": 0.05,
        "cctv-b": 0.07,
        "forest": 0.02,
        "ordinary": 0.04,
    }
)
"""For larger windows, which hold near things whole."""


FLAME_FIRST: Mapping[str, float] = MappingProxyType(
    {
        "tower-smoke": 0.13,
        "tower-clear": 0.06,
        "tower-unverified": 0.03,
        "tower-plume": 0.07,
        "longrange": 0.02,
        "wild": 0.04,
        "urban": 0.18,
        "web-fire": 0.25,
        "web-fire-2": 0.05,
        "flare": 0.01,
        "cctv-a": 0.05,
        "cctv-b": 0.07,
        "forest": 0.01,
        "ordinary": 0.03,
    }
)
"""For a network that knows far smoke already and near flame badly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of the run at one window size (pixels, a square), batch size and mixture."""

    steps: int
    size: int
    batch: int
    draws: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Rates are for AdamW; `warm_steps` rise linearly, the last `cool_share` falls to `floor`."""

    phases: tuple[Phase, ...] = (
        Phase(steps=1750, size=320, batch=16, draws=FAR_FIRST),
        Phase(steps=850, size=480, batch=7, draws=NEAR_TOO),
        Phase(steps=400, size=640, batch=4, draws=NEAR_TOO),
    )
    head_rate: float = 2e-3
    trunk_rate: float = 4e-4
    weight_decay: float = 0.02
    warm_steps: int = 200
    cool_share: float = 0.3
    floor: float = 0.02
    ema_decay: float = 0.99
    clip_norm: float = 10.0
    mosaic: float = 0.25
    masks_unknown: bool = True
    assign_topk: int = 10
    assign_score_power: float = 0.5
    assign_iou_power: float = 4.0
    focal_alpha: float = 0.75
    focal_gamma: float = 2.0
    box_weight: float = 2.0
    class_weight: float = 1.0

    @property
    def steps(self) -> int:
        return sum(phase.steps for phase in self.phases)


DEFAULT = Recipe()

FURTHER = Recipe(
    phases=(
        Phase(steps=1800, size=320, batch=16, draws=FLAME_FIRST),
        Phase(steps=900, size=448, batch=8, draws=FLAME_FIRST),
    ),
    head_rate=1.5e-3,
    warm_steps=100,
    cool_share=0.55,
    ema_decay=0.997,
)
"""Goes on from a finished run, for as long again and more (`--start`): release 0.2.0 saw far smoke
enough and near flame too little.  Windows of 320 pixels hold a near fire whole at half scale,
which is where the deployed network looks for it; those of 448 hold what it looks for at full
scale."""

SHORT = Recipe(
    phases=(Phase(steps=400, size=320, batch=16, draws=FAR_FIRST),),
    cool_share=0.5,
    warm_steps=60,
)
"""Six minutes on two cores: long enough to tell ideas apart, too short to ship."""


def without(draws: Mapping[str, float], kind: str) -> Mapping[str, float]:
    """The mixture without one kind; the others keep their proportions."""
    rest = 1 - draws[kind]
    return MappingProxyType({name: x / rest for name, x in draws.items() if name != kind})


RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "default": DEFAULT,
        "further": FURTHER,
        "short": SHORT,
        "short-without-plumes": replace(
            SHORT,
            phases=(replace(SHORT.phases[0], draws=without(FAR_FIRST, "tower-plume")),),
        ),
        "short-without-mosaic": replace(SHORT, mosaic=0.0),
        "short-unlabelled-is-negative": replace(SHORT, masks_unknown=False),
        "short-frozen-trunk": replace(SHORT, trunk_rate=0.0),
    }
)
