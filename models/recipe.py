"""Everything a training run can be told, in one place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of the run at one picture size (pixels, a square) and batch size."""

    steps: int
    size: int
    batch: int


DRAWS: Mapping[str, float] = MappingProxyType(
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
"""How often each kind of picture is drawn; sums to 1.  Far smoke is drawn most: it is rarest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Rates are for AdamW; `warm_steps` rise linearly, the last `cool_share` falls to `floor`."""

    phases: tuple[Phase, ...] = (
        Phase(steps=4500, size=320, batch=16),
        Phase(steps=800, size=448, batch=8),
        Phase(steps=700, size=640, batch=5),
    )
    draws: Mapping[str, float] = field(default_factory=lambda: DRAWS)
    head_rate: float = 2e-3
    trunk_rate: float = 4e-4
    weight_decay: float = 0.02
    warm_steps: int = 200
    cool_share: float = 0.45
    floor: float = 0.02
    ema_decay: float = 0.9985
    clip_norm: float = 10.0
    mosaic: float = 0.25
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
