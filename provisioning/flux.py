"""Down-sampling on InfluxDB 2: one task in Flux for each measurement and tier."""

from contracts.measurement import Measurement
from provisioning.downsampling import by_function
from provisioning.tiers import DAY_BEGINS_UTC, Tier

LATE = "5m"
"""Points of the last minutes are still on their way when an hour ends."""


def task_name(tier: Tier, measurement: Measurement) -> str:
    return f"ioc {tier.name} {measurement}"


def script(source: str, target: str, org: str, tier: Tier, measurement: Measurement) -> str:
    """Names are plain (`influx.check_names`).  The first window is left out: where the task is
    started by hand it is cut, and would overwrite a whole one with its rest."""
    daily = tier.every == "1d"
    schedule = f'cron: "0 {DAY_BEGINS_UTC} * * *"' if daily else f"every: {tier.every}"
    aligned = f", offset: {DAY_BEGINS_UTC}h" if daily else ""
    head = (
        f'option task = {{name: "{task_name(tier, measurement)}", {schedule}, offset: {LATE}}}\n'
        f"\nsince = -{tier.again_days}d\n"
    )
    parts = [
        f'\nfrom(bucket: "{source}")\n'
        "    |> range(start: since)\n"
        f'    |> filter(fn: (r) => r._measurement == "{measurement}" and {_any_of(fields)})\n'
        f"    |> aggregateWindow(every: {tier.every}{aligned}, fn: {function}, "
        'createEmpty: false, timeSrc: "_start")\n'
        "    |> filter(fn: (r) => r._time > r._start)\n"
        f'    |> to(bucket: "{target}", org: "{org}")\n'
        for function, fields in by_function(measurement).items()
    ]
    return head + "".join(parts)


def _any_of(fields: list[str]) -> str:
    conditions = " or ".join(f'r._field == "{name}"' for name in fields)
    return f"({conditions})" if len(fields) > 1 else conditions


def older(bucket: str, tier: Tier) -> str:
    """A query for the time of one point that `tier` would not keep."""
    return (
        f'from(bucket: "{bucket}")\n'
        f"    |> range(start: 1970-01-01T00:00:00Z, stop: -{tier.days}d)\n"
        "    |> first()\n"
        '    |> keep(columns: ["_time"])\n'
        "    |> group()\n"
        "    |> limit(n: 1)\n"
    )


def same(one: str, other: str) -> bool:
    """Whether two scripts say the same: a server may wrap the lines of what it keeps."""
    return _unwrapped(one) == _unwrapped(other)


def _unwrapped(script: str) -> str:
    return "".join(script.split()).replace(",)", ")")
