"""What Grafana reads at its start: data source, folders of boards, the one alert rule.

Address and credentials come from Grafana's environment: one file serves InfluxDB 1.8
(`Basic …`), 2.x (`Token …`, with a DBRP mapping) and 3 (`Bearer …`).
"""

from collections.abc import Iterable
from typing import Any

from grafana.board import Board
from grafana.house import DATASOURCE_TYPE, DATASOURCE_UID

BOARDS = "/etc/grafana/ioc/dashboards"
SILENT_S = 300
"""The hub writes its figures every minute; five missing are no hiccup."""


def datasource() -> dict[str, Any]:
    return {
        "apiVersion": 1,
        "datasources": [
            {
                "name": "Đông Giang IOC",
                "uid": DATASOURCE_UID,
                "type": DATASOURCE_TYPE,
                "access": "proxy",
                "url": "$IOC_INFLUX_URL",
                "isDefault": True,
                "editable": False,
                "jsonData": {
                    "version": "InfluxQL",
                    "dbName": "$IOC_INFLUX_DATABASE",
                    "httpMode": "POST",
                    "timeInterval": "60s",
                    "httpHeaderName1": "Authorization",
                },
                "secureJsonData": {"httpHeaderValue1": "$IOC_INFLUX_AUTHORIZATION"},
            }
        ],
    }


def dashboards(boards: Iterable[Board]) -> dict[str, Any]:
    """A provider for each folder: rights are given by folder."""
    return {
        "apiVersion": 1,
        "providers": [
            {
                "name": folder,
                "folder": folder,
                "folderUid": folder_uid(folder, boards),
                "type": "file",
                "allowUiUpdates": False,
                "options": {"path": f"{BOARDS}/{folder_uid(folder, boards)}"},
            }
            for folder in dict.fromkeys(board.folder for board in boards)
        ],
    }


def folder_uid(folder: str, boards: Iterable[Board]) -> str:
    """That of its first board: ASCII and stable, as a path must be."""
    return next(board.uid for board in boards if board.folder == folder)


def alerting() -> dict[str, Any]:
    """The watchdog: all other alarms are the hub's own, which cannot tell of its own end."""
    query = 'SELECT count("received") FROM "hub" WHERE $timeFilter'
    return {
        "apiVersion": 1,
        "groups": [
            {
                "orgId": 1,
                "name": "ioc-watchdog",
                "folder": "Vận hành",
                "interval": "1m",
                "rules": [
                    {
                        "uid": "ioc-hub-silent",
                        "title": "Trung tâm im lặng",
                        "condition": "B",
                        "for": "2m",
                        "noDataState": "Alerting",
                        "execErrState": "Alerting",
                        "annotations": {
                            "summary": "Trung tâm không ghi số liệu trong 5 phút: "
                            "kiểm tra máy chủ và dịch vụ ioc-hub."
                        },
                        "data": [_figures(query), _too_few()],
                    }
                ],
            }
        ],
    }


def _figures(query: str) -> dict[str, Any]:
    return {
        "refId": "A",
        "relativeTimeRange": {"from": SILENT_S, "to": 0},
        "datasourceUid": DATASOURCE_UID,
        "model": {
            "refId": "A", "rawQuery": True, "query": query, "resultFormat": "time_series",
        },
    }  # fmt: skip


def _too_few() -> dict[str, Any]:
    return {
        "refId": "B",
        "datasourceUid": "__expr__",
        "model": {
            "refId": "B",
            "type": "classic_conditions",
            "conditions": [
                {
                    "evaluator": {"type": "lt", "params": [1]},
                    "operator": {"type": "and"},
                    "query": {"params": ["A"]},
                    "reducer": {"type": "last", "params": []},
                    "type": "query",
                }
            ],
        },
    }
