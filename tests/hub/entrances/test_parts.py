"""From configuration to running parts."""

from pathlib import Path

import pytest

from contracts.configuration import ConfigError
from hub.entrances import parts
from hub.entrances.admit import Gate
from hub.entrances.mapping import load_all
from hub.entrances.settings import Drop, Rest, Sql, WebFeed

FEED = WebFeed(name="bao", source="bao", url="https://bao.example/rss")
REST = Rest(name="his", subsystem="health", mapping="health-daily", url="https://his.example/")
SQL = Sql(
    name="qlvb", subsystem="documents", mapping="documents", url="sqlite:////x", query="SELECT 1"
)


def test_a_folder_and_connectors_are_made(gate: Gate, tmp_path: Path) -> None:
    mappings = load_all(None)
    assert parts.drop(Drop(), mappings, gate) is None
    assert parts.drop(Drop(folder=tmp_path), mappings, gate) is not None
    made = parts.schedule(feeds=[FEED], rest=[REST], sql=[SQL], mappings=mappings, gate=gate)
    assert [each.name for each in made.facts()] == ["bao", "his", "qlvb"]


def test_a_mapping_that_is_not_there_is_named(gate: Gate) -> None:
    wrong = REST.model_copy(update={"mapping": "nothing"})
    with pytest.raises(ConfigError, match="health-daily"):
        parts.schedule(feeds=[], rest=[wrong], sql=[], mappings=load_all(None), gate=gate)
