"""What can be wrong with bytes that claim to be one of our messages.

ContractError
├── TopicError            the topic is not in the grammar
└── DecodeError           the payload is not what the topic promises
    ├── Oversized         more bytes than this kind may have
    ├── UnknownVersion    a version that this release does not speak
    └── Mismatch          topic and payload name different devices, lanes or kinds
"""


class ContractError(ValueError):
    """Root of all errors of the wire; `reason` is a stable word for counters."""

    reason = "contract"


class TopicError(ContractError):
    """A topic outside the grammar of `contracts.topics`."""

    reason = "topic"

    def __init__(self, topic: str, why: str) -> None:
        self.topic = topic
        self.why = why
        super().__init__(f"topic {topic!r}: {why}")


class DecodeError(ContractError):
    """A payload that breaks its model; names the field and the value."""

    reason = "malformed"

    def __init__(self, *, topic: str, field: str, value: object, why: str) -> None:
        self.topic = topic
        self.field = field
        self.value = value
        self.why = why
        super().__init__(f"{topic}: field {field!r} has value {_short(value)}: {why}")


class Oversized(DecodeError):
    reason = "oversized"


class UnknownVersion(DecodeError):
    reason = "unknown-version"


class Mismatch(DecodeError):
    reason = "mismatch"


def _short(value: object, limit: int = 80) -> str:
    """`value` for a log line: never a whole payload, never control characters."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"
