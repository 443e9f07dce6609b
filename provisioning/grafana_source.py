"""Where Grafana's figures come from, and the one rule that watches whether any come."""

import json
from collections.abc import Mapping
from typing import Any

from provisioning.changes import Change, unified
from provisioning.errors import RequestRefused
from provisioning.grafana import Content, Grafana, Plan, holds


def plan(grafana: Grafana, content: Content) -> Plan:
    """A credential is never shown again, so whether it is right is told by whether data come."""
    uid = content.source["uid"]
    there = grafana.found(lambda api: api.datasource.get_datasource_by_uid(uid))
    wanted = {**content.source, "secureJsonData": dict(content.secure)}
    if there is None:
        make = Change(
            sign="+", what=f"data source {uid}: {content.source['url']}",
            apply=lambda: grafana.told(lambda api: api.datasource.create_datasource(wanted)),
        )  # fmt: skip
        return Plan(changes=[make])
    if there.get("readOnly"):
        return Plan(notes=[f"data source {uid} comes from a file: left to it"])
    kept = set(there.get("secureJsonFields") or {}) >= set(content.secure)
    if holds(there, content.source) and kept and not (silent := silence(grafana, uid)):
        return Plan()
    why = "settings" if not (holds(there, content.source) and kept) else f"credential: {silent}"
    alter = Change(
        sign="~", what=f"data source {uid}: {why}",
        apply=lambda: grafana.told(
            lambda api: api.datasource.update_datasource_by_uid(uid, wanted)
        ),
        diff=unified({key: there.get(key) for key in content.source}, content.source),
    )  # fmt: skip
    return Plan(changes=[alter])


def silence(grafana: Grafana, uid: str) -> str:
    """Why the data source does not answer; nothing if it does, or if it cannot be asked."""
    try:
        said = grafana.found(lambda api: api.datasource.health(uid))
    except RequestRefused as refused:
        return refused.said
    return "" if said is None or said.get("status") == "OK" else str(said.get("message"))


def plan_rule(grafana: Grafana, wanted: Mapping[str, Any]) -> Plan:
    uid = wanted["uid"]
    there = grafana.found(lambda api: api.alertingprovisioning.get_alertrule(uid))
    if there is None:
        make = Change(
            sign="+", what=f"alert rule {uid}: {wanted['title']}",
            apply=lambda: grafana.told(
                lambda api: api.alertingprovisioning.create_alertrule(_plain(wanted))
            ),
        )  # fmt: skip
        return Plan(changes=[make])
    if there.get("provenance") == "file":
        return Plan(notes=[f"alert rule {uid} comes from a file: left to it"])
    if holds(there, wanted):
        return Plan()
    alter = Change(
        sign="~", what=f"alert rule {uid}: {wanted['title']}",
        apply=lambda: grafana.told(
            lambda api: api.alertingprovisioning.update_alertrule(uid, _plain(wanted))
        ),
        diff=unified({key: there.get(key) for key in wanted}, wanted),
    )  # fmt: skip
    return Plan(changes=[alter])


def _plain(wanted: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(wanted))
