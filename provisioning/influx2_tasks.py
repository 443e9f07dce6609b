"""The tasks of InfluxDB 2 that fill the coarser tiers."""

from collections.abc import Iterator, Sequence
from typing import Any

from influxdb_client import TaskCreateRequest, TaskUpdateRequest

from contracts.measurement import Measurement
from provisioning import flux
from provisioning.changes import Change
from provisioning.influx2_client import Influx2, Shelf

MOST = 500
"""Tasks in one answer, the server's own limit."""


def plan(influx: Influx2, org_id: str | None, shelves: Sequence[Shelf]) -> Iterator[Change]:
    raw, *coarse = shelves
    found = {} if org_id is None else {
        each.name: each
        for each in influx.told(
            lambda client: client.tasks_api().find_tasks(org_id=org_id, limit=MOST)
        )
    }  # fmt: skip
    org = influx.server.org
    wanted = {
        flux.task_name(shelf.tier, each): flux.script(
            raw.bucket, shelf.bucket, org, shelf.tier, each
        )
        for shelf in coarse
        for each in Measurement
    }
    for name, script in wanted.items():
        there = found.get(name)
        if there is None:
            yield _new_task(influx, name, script)
        elif not flux.same(there.flux, script) or there.status != "active":
            yield _other_task(influx, there, script)
    ours = tuple(f"ioc {shelf.tier.name} " for shelf in coarse)
    for gone in sorted(set(found) - set(wanted)):
        if gone.startswith(ours):
            yield _no_task(influx, gone, found[gone].id)


def _new_task(influx: Influx2, name: str, script: str) -> Change:
    def make() -> None:
        wanted = TaskCreateRequest(
            org_id=influx.org_id(), flux=script, status="active",
            description="Dong Giang IOC: down-sampling (ioc provision influx)",
        )  # fmt: skip
        influx.told(lambda client: client.tasks_api().create_task(task_create_request=wanted))

    return Change(sign="+", what=f"task {name}", apply=make)


def _other_task(influx: Influx2, there: Any, script: str) -> Change:
    wanted = TaskUpdateRequest(flux=script, status="active")
    return Change(
        sign="~", what=f"task {there.name}",
        apply=lambda: influx.told(
            lambda client: client.tasks_api().update_task_request(there.id, wanted)
        ),
        diff=f"- {there.status}: {there.flux}\n+ active: {script}",
    )  # fmt: skip


def _no_task(influx: Influx2, name: str, task_id: str) -> Change:
    return Change(
        sign="-", what=f"task {name}",
        apply=lambda: influx.told(lambda client: client.tasks_api().delete_task(task_id)),
    )  # fmt: skip
