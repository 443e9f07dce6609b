"""How a figure came about: what its page shows when somebody asks."""

from dataclasses import dataclass
from datetime import date

from hub.engines.profile import Confidence, Sourced


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing that went into a figure; `value` None when it was not known."""

    name_vi: str
    value: float | str | None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The formula in words, what went in, whose rule it is, and what to bear in mind."""

    formula_vi: str
    inputs: tuple[Input, ...]
    source: str
    confidence: Confidence
    effective_from: date
    notes_vi: tuple[str, ...] = ()


def trace(rule: Sourced, formula_vi: str, *inputs: Input, notes_vi: tuple[str, ...] = ()) -> Trace:
    """A figure made by `rule`."""
    return Trace(
        formula_vi=formula_vi,
        inputs=inputs,
        source=rule.source,
        confidence=rule.confidence,
        effective_from=rule.effective_from,
        notes_vi=notes_vi,
    )
