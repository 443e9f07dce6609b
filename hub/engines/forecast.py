"""A plain forecast with its interval and its past accuracy, shown only if it has earned it.

The point comes from augurs (MSTL with an ETS trend), chosen because it imports and fits in
milliseconds and needs numpy alone; statsmodels takes seconds to import and four times the memory,
for a mini-PC that works through hundreds of indicators.  The interval is not the model's own: it is
as wide as the errors that the same method made in a back-test of rolling origins.  What does not
beat "as a season ago" there is not shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean, median

from pydantic import Field

from hub.engines.profile import Sourced, shipped
from hub.engines.trace import Input, Trace, trace

NOT_INSTALLED_VI = "Phần dự báo chưa được cài (gói dong-giang-ioc[forecast])."
FLAT_VI = "Số liệu không thay đổi: lấy giá trị mùa trước là đủ."


class Rules(Sourced):
    """`data/forecast.yaml`."""

    level: float = Field(gt=0, lt=1)
    train_seasons: int = Field(ge=2)
    folds: int = Field(ge=2)
    least_folds: int = Field(ge=2)
    most_missing: float = Field(ge=0, lt=1)


class NotInstalled(RuntimeError):
    """The library of the extra `forecast` is not there."""

    def __init__(self) -> None:
        super().__init__("augurs is not installed: pip install 'dong-giang-ioc[forecast]'")


class Unfit(ValueError):
    """A series that the library cannot model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Equal steps, oldest first; None where nothing was reported.

    `season` steps make a season (7 days, 12 months); figures never leave `lowest` to `highest`.
    """

    values: tuple[float | None, ...]
    season: int
    lowest: float = float("-inf")
    highest: float = float("inf")

    def __post_init__(self) -> None:
        if self.season < 2:
            raise ValueError(f"a season of {self.season} steps is none; give 7, 12 or 52")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step ahead, with the errors (true minus forecast) made so far ahead in the past."""

    value: float
    low: float
    high: float
    errors: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Of the back-test.  `mase` and `naive_mase` are mean absolute errors over the in-sample error
    of "as a season ago"; `coverage` is the share of truths inside intervals made of earlier errors
    alone, None when there were too few."""

    folds: int
    mean_error: float
    mase: float
    naive_mase: float
    coverage: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """`steps` is empty when nothing may be shown, and `reason_vi` says why."""

    steps: tuple[Step, ...]
    accuracy: Accuracy | None
    reason_vi: str
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fold:
    """Errors of one origin by step; None where the truth is not known."""

    model: tuple[float | None, ...]
    naive: tuple[float | None, ...]


def rules() -> Rules:
    return shipped("forecast", Rules)


def forecast(series: Series, horizon: int, rules: Rules) -> Outlook:
    """The next `horizon` steps, or why there are none."""
    values = series.values
    missing = sum(value is None for value in values)
    known = [value for value in values if value is not None]
    shortest = series.season * rules.train_seasons + rules.least_folds + horizon - 1
    if len(values) < shortest:
        reason = f"Mới có {len(values)} kỳ số liệu, cần ít nhất {shortest}."
        return _hidden(series, rules, reason)
    if missing > rules.most_missing * len(values):
        return _hidden(series, rules, f"Thiếu số liệu {missing} trên {len(values)} kỳ.")
    if min(known) == max(known):
        return _hidden(series, rules, FLAT_VI)
    try:
        folds = _back_test(series, horizon, rules)
        ahead = _ahead(series, len(values), horizon)
    except NotInstalled:
        return _hidden(series, rules, NOT_INSTALLED_VI)
    except Unfit as unfit:
        return _hidden(series, rules, f"Không lập được mô hình: {unfit}.")
    return _earned(series, folds, ahead, rules)


def will_miss(step: Step, target: float, *, at_least: bool = True) -> float:
    """The probability that the truth of `step` ends on the wrong side of `target`, from the errors
    of the past; never quite 0 or 1, since no past is long enough for that."""
    truths = [step.value + error for error in step.errors]
    missed = sum(truth < target if at_least else truth > target for truth in truths)
    return (missed + 0.5) / (len(truths) + 1)


def _earned(series: Series, folds: list[_Fold], ahead: list[float], rules: Rules) -> Outlook:
    accuracy = _accuracy(series, folds, rules)
    if accuracy.mase >= accuracy.naive_mase:
        reason = "Thử lại trên quá khứ không tốt hơn lấy giá trị cùng kỳ mùa trước."
        return _hidden(series, rules, reason, accuracy)
    steps = tuple(
        _step(
            series, value, [error for fold in folds if (error := fold.model[at]) is not None], rules
        )
        for at, value in enumerate(ahead)
    )
    return Outlook(
        steps=steps, accuracy=accuracy, reason_vi="", trace=_trace(series, rules, accuracy)
    )


def _hidden(
    series: Series, rules: Rules, reason_vi: str, accuracy: Accuracy | None = None
) -> Outlook:
    shown = _trace(series, rules, accuracy)
    return Outlook(steps=(), accuracy=accuracy, reason_vi=reason_vi, trace=shown)


def _step(series: Series, value: float, errors: list[float], rules: Rules) -> Step:
    half = _half_width(errors, rules.level)
    return Step(
        value=value,
        low=max(value - half, series.lowest),
        high=min(value + half, series.highest),
        errors=tuple(errors),
    )


def _half_width(errors: Sequence[float], level: float) -> float:
    """The absolute error that `level` of a further one stay within (split conformal)."""
    ordered = sorted(abs(error) for error in errors)
    return ordered[min(ceil(level * (len(ordered) + 1)), len(ordered)) - 1]


def _back_test(series: Series, horizon: int, rules: Rules) -> list[_Fold]:
    """The newest origins, oldest first; each model sees only what came before its origin."""
    last = len(series.values) - horizon
    first = max(series.season * rules.train_seasons, last - rules.folds + 1)
    return [_fold(series, origin, horizon) for origin in range(first, last + 1)]


def _fold(series: Series, origin: int, horizon: int) -> _Fold:
    truths = series.values[origin : origin + horizon]
    seen = _filled(series, origin)
    naive = [seen[origin - series.season + at % series.season] for at in range(horizon)]
    return _Fold(
        model=_errors(truths, _ahead(series, origin, horizon)), naive=_errors(truths, naive)
    )


def _errors(truths: Sequence[float | None], guesses: Sequence[float]) -> tuple[float | None, ...]:
    pairs = zip(truths, guesses, strict=True)
    return tuple(None if truth is None else truth - guess for truth, guess in pairs)


def _filled(series: Series, origin: int) -> list[float]:
    """What was known at `origin`; a hole takes the value a season before it, else the median."""
    values = series.values[:origin]
    middle = median(value for value in values if value is not None)
    filled: list[float] = []
    for at, value in enumerate(values):
        before = filled[at - series.season] if at >= series.season else middle
        filled.append(before if value is None else value)
    return filled


def _ahead(series: Series, origin: int, horizon: int) -> list[float]:
    guesses = _points(_filled(series, origin), series.season, horizon)
    return [min(max(guess, series.lowest), series.highest) for guess in guesses]


def _points(values: list[float], season: int, horizon: int) -> list[float]:
    """Raises NotInstalled, Unfit.  Loads numpy and augurs at the first call only."""
    try:
        import augurs  # noqa: PLC0415 - optional, and the hub starts without numpy
        import numpy as np  # noqa: PLC0415
    except ImportError:
        raise NotInstalled from None
    model = augurs.MSTL.ets([season])
    try:
        model.fit(np.asarray(values, np.float64))
        return [float(point) for point in model.predict(horizon, None).point()]
    except Exception as error:
        raise Unfit(str(error)) from error


def _accuracy(series: Series, folds: list[_Fold], rules: Rules) -> Accuracy:
    model = [abs(error) for fold in folds for error in fold.model if error is not None]
    naive = [abs(error) for fold in folds for error in fold.naive if error is not None]
    scale = _in_sample_error(series, len(series.values) - len(folds)) or 1.0
    return Accuracy(
        folds=len(folds),
        mean_error=fmean(model),
        mase=fmean(model) / scale,
        naive_mase=fmean(naive) / scale,
        coverage=_coverage(folds, rules),
    )


def _in_sample_error(series: Series, until: int) -> float:
    """Of "as a season ago" in the years that the back-test learned from."""
    seen = _filled(series, until)
    return fmean(abs(now - then) for now, then in zip(seen[series.season :], seen, strict=False))


def _coverage(folds: list[_Fold], rules: Rules) -> float | None:
    """Each origin is judged by intervals from the errors known at it: those of folds whose truth
    had come by then."""
    inside: list[bool] = []
    for now, fold in enumerate(folds):
        for at, error in enumerate(fold.model):
            known = [past.model[at] for past in folds[: max(now - at, 0)]]
            errors = [one for one in known if one is not None]
            if error is not None and len(errors) >= rules.least_folds // 2:
                inside.append(abs(error) <= _half_width(errors, rules.level))
    return fmean(inside) if inside else None


def _trace(series: Series, rules: Rules, accuracy: Accuracy | None) -> Trace:
    judged = (
        Input(name_vi="MASE", value=accuracy.mase if accuracy else None),
        Input(
            name_vi="MASE của giá trị mùa trước", value=accuracy.naive_mase if accuracy else None
        ),
        Input(name_vi="Tỷ lệ nằm trong khoảng", value=accuracy.coverage if accuracy else None),
    )
    return trace(
        rules,
        f"Xu thế và mùa {series.season} kỳ (MSTL, ETS); khoảng {rules.level:.0%} từ sai số đã mắc "
        "khi thử lại trên quá khứ",
        Input(name_vi="Số kỳ số liệu", value=len(series.values)),
        *judged,
    )
