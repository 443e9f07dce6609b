"""Topics, growth, spikes, and data files that do not read."""

from pathlib import Path

import pytest

from hub.mentions.facts import FactsError, load
from hub.mentions.growth import AlertsFile, hot
from hub.mentions.spikes import spike
from hub.mentions.text import text
from hub.mentions.topics import Topic, Topics, district_topics

RULE = Topic(
    id="a",
    name="A",
    subsystem="x",
    all_of=("hồ sơ",),
    one_of=("chậm", "lỗi"),
    none_of=("kỹ thuật",),
)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Hồ sơ chậm", ["a"]),
        ("Hồ sơ nhanh", []),
        ("Mạng chậm", []),
        ("Hồ sơ chậm vì kỹ thuật", []),
        ("Hồ. Sơ chậm", []),
    ],
)
def test_a_topic_is_must_and_one_of_and_without(written: str, found: list[str]) -> None:
    assert [topic.id for topic in Topics([RULE]).of(text(written))] == found


def test_accents_may_be_missing_only_where_the_whole_text_has_none() -> None:
    assert [topic.id for topic in district_topics().of(text("chay rung lon qua"))] == [
        "forest-fire"
    ]
    assert district_topics().of(text("Người ta chạy rừng này qua núi nọ")) == ()


def test_a_topic_that_finds_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="all_of or one_of"):
        Topic(id="a", name="A", subsystem="x")


def test_hot_is_what_grew_and_comes_often() -> None:
    before = [{"lễ hội": 2, "mưa": 10}, {"mưa": 12}, {"mưa": 11, "lễ hội": 90}]
    (one,) = hot({"lễ hội": 12, "mưa": 14, "hiếm": 3}, before)
    assert (one.name, one.usual, one.growth) == ("lễ hội", 2, 3.5)
    assert hot({"lễ hội": 12}, []) == ()


@pytest.mark.parametrize(
    ("count", "before", "rises"),
    [
        (5, [0] * 14, True),
        (4, [0] * 14, False),
        (5, [2] * 14, False),
        (6, [2] * 14, True),
        (20, [0, 10] * 7, False),
        (21, [0, 10] * 7, True),
        (50, [0] * 6, False),
    ],
)
def test_a_spike_is_over_mean_and_three_deviations(
    count: int, before: list[int], rises: bool
) -> None:
    assert (spike(count, before) is not None) is rises


def test_a_wrong_data_file_is_named_with_its_key(tmp_path: Path) -> None:
    file = tmp_path / "alerts.yaml"
    file.write_text("source: x\nconfidence: sure\neffective_from: 2026-01-01\n")
    with pytest.raises(FactsError, match=r"alerts.yaml: confidence: .*'sure'"):
        load(AlertsFile, file)
