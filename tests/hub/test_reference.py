"""The reference page says what the models say."""

from pathlib import Path

from hub import reference
from hub.config import HubConfig

PAGE = Path(__file__).parents[2] / "docs" / "hub-configuration.md"


def test_the_page_is_written_from_the_models() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference.page(), (
        "run: python -m hub.reference > docs/hub-configuration.md"
    )


def test_every_key_is_described() -> None:
    for name, field in HubConfig.model_fields.items():
        _, model = reference._section(field.annotation)
        for key, each in model.model_fields.items():
            assert each.title, f"{name}.{key} has no title"
            assert each.description, f"{name}.{key} has no description"
            assert f"| `{key}` |" in reference.page()


def test_bounds_and_choices_are_shown() -> None:
    page = reference.page()
    assert "| `port` | whole number (from 0, to 65,535) | `8080` |" in page
    assert "`embedded` or `v1` or `v2` or `v3`" in page
    assert "| `name` | text | *required* |" in page
