"""Settings of roll-outs, a section of the hub's configuration."""

from pydantic import Field

from contracts.configuration import FilePath, Section


class UpdatesSection(Section):
    """How updates reach the boxes, and when a roll-out goes on or stops."""

    folder: FilePath | None = Field(
        default=None,
        title="Folder",
        description="Where the files that boxes fetch are kept; made at the first roll-out; "
        "`updates` beside `records.path` if absent.",
    )
    soak_s: float = Field(
        default=86_400,
        ge=0,
        title="Soak",
        description="Seconds that a ring runs an update in health before the next ring takes it; "
        "long enough for the officers' verdicts on alarms.",
    )
    false_alarm_factor: float = Field(
        default=2.0,
        gt=1,
        title="False alarms",
        description="A roll-out is undone when the ring's false alarms per camera and day are "
        "more than so many times what they were before.",
    )
    least_false_alarms: int = Field(
        default=3,
        ge=1,
        title="At least",
        description="Fewer false alarms than this since the update say nothing.",
    )
    baseline_days: float = Field(
        default=14,
        gt=0,
        title="Before",
        description="Days before the update that are compared with.",
    )

    def written(self) -> tuple[str, ...]:
        return ("folder",)
