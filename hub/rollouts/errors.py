"""What a person who rolls out can do wrong; each says what to do instead."""


class RolloutError(ValueError):
    """Root."""


class BadPlan(RolloutError):
    """Rings that cannot be: names the part and the remedy."""


class BadFile(RolloutError):
    """The file is not the one that was signed."""


class AlreadyRunning(RolloutError):
    def __init__(self, *, rollout: int, what: str) -> None:
        self.rollout = rollout
        super().__init__(
            f"roll-out {rollout} of the {what} is running: wait, or `ioc update halt {rollout}`"
        )


class NoSuchRollout(RolloutError):
    def __init__(self, rollout: int) -> None:
        super().__init__(f"there is no roll-out {rollout}: see `ioc update status`")


class NotNow(RolloutError):
    """A deed that the roll-out's state does not allow."""

    def __init__(self, *, rollout: int, state: str, deed: str) -> None:
        super().__init__(f"roll-out {rollout} is {state}: there is nothing to {deed}")
