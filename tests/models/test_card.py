import json
from pathlib import Path

import pytest

from models.card import CARD, CardError, fill, main, tables

NONE = {"value": None, "low": None, "high": None}
RECORD = {
    "split": "val",
    "targets": [
        {"name": "delay", "name_vi": "độ trễ", "goal": "at most 4", "value": "3", "met": True}
    ],
    "results": [
        {
            "name": "dg-detector 1 @640",
            "milliseconds": 40.0,
            "series": {
                "curve": [
                    {
                        "factor": 1.0, "opens": 0.36, "raised": 2, "fires": 3, "delay": 4,
                        "clear": {"count": 0, "hours": 2.0, "a_day": 0.0, "a_day_low": 0.0,
                                  "a_day_high": 44.3},
                        "unboxed": None,
                    }
                ]
            },
            "stills": [],
            "clips": [{"clip": "a.mp4", "verdict": "silent", "first_s": None}],
            "rows": [
                {
                    "class_name": "smoke", "scene": "all", "pictures": 9, "boxes": 4, "empty": 5,
                    "ap50": {"value": 0.5, "low": 0.25, "high": 0.75}, "ap50_95": 0.25,
                    "recall_at_tenth": NONE, "recall_at_one": NONE, "threshold": 0.3,
                    "precision": None, "recall": None,
                    "alarm_rate": {"value": 0.2, "low": 0.0, "high": 0.4},
                }
            ],
        },
        {"name": "peer", "milliseconds": 100.0, "rows": [], "series": None, "stills": [],
         "clips": []},
    ],
}  # fmt: skip


def test_a_row_shows_its_figures_with_their_intervals() -> None:
    text = tables(RECORD)
    assert "| smoke | all | 9 | 4 | 0.500 [0.250, 0.750] | 0.250 | – | – |" in text
    assert "0.200 [0.000, 0.400] of 5 |" in text


def test_targets_series_and_clips_stand_above_the_single_frames() -> None:
    text = tables(RECORD)
    assert "| độ trễ / delay | at most 4 | 3 | đạt / met |" in text
    assert "| **2 / 3** | **4 frames** | **0 in 2.0 h: 0.0 [0.0, 44.3]** | **–** |" in text
    assert "| dg-detector 1 @640 | a.mp4 | silent | – |" in text
    assert "Stills without fire" not in text


def test_latency_stands_beside_the_first_contestants() -> None:
    text = tables(RECORD)
    assert "**peer** — 100 ms on one core for 640 × 480, 2.50 of the first" in text


def test_a_table_replaces_what_stood_between_its_marks(tmp_path: Path) -> None:
    card, figures = tmp_path / "CARD.md", tmp_path / "val.json"
    card.write_text("before\n<!-- val -->\nold\n<!-- end val -->\nafter\n")
    figures.write_text(json.dumps(RECORD))
    main([str(figures), "--card", str(card)])
    main([str(figures), "--card", str(card)])
    text = card.read_text()
    assert "old" not in text
    assert text.startswith("before\n<!-- val -->\n**Mục tiêu / Targets**")
    assert text.endswith("<!-- end val -->\nafter\n")
    assert text.count("| smoke |") == 1


def test_a_card_without_the_marks_is_refused_by_name() -> None:
    with pytest.raises(CardError, match="test") as caught:
        fill("no marks", "test", "table")
    assert caught.value.path == CARD
