"""Why an update is not taken.

UpdateTrouble
├── UpdateRefused    it is wrong, now and for this box
└── NotNow           it may be right: a link, a disk or a clock stands in the way
"""


class UpdateTrouble(Exception):
    """Root; `reason` is said to the hub, `remedy` to whoever reads the log."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{reason}; {remedy}" if remedy else reason)


class UpdateRefused(UpdateTrouble):
    """It is wrong, now and for this box."""


class NotNow(UpdateTrouble):
    """It may be right, and is tried again."""
