"""The reference page says what the models say."""

from pathlib import Path

import pytest

from contracts import reference
from contracts.configuration import Section
from edge_agent.config import AgentConfig
from edge_agent.config import page as agent_page
from hub.config import HubConfig
from hub.config import page as hub_page

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"agent-configuration.md": agent_page, "hub-configuration.md": hub_page}


@pytest.mark.parametrize("name", list(PAGES))
def test_the_page_is_written_from_the_models(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `make reference`"


@pytest.mark.parametrize("model", [AgentConfig, HubConfig])
def test_every_key_is_described(model: type[Section]) -> None:
    page = reference.page("# Page", model)
    for name, field in model.model_fields.items():
        _, section = reference._section(field.annotation)
        inner = getattr(section, "model_fields", {name: field})
        for key, each in inner.items():
            assert each.title, f"{name}.{key} has no title"
            assert each.description, f"{name}.{key} has no description"
            _, deeper = reference._section(each.annotation)
            nested = hasattr(deeper, "model_fields")
            assert (f"{name}.{key}]" if nested else f"| `{key}` |") in page


def test_bounds_and_choices_are_shown() -> None:
    page = hub_page()
    assert "| `port` | whole number (from 0, to 65,535) | `8080` |" in page
    assert "`embedded` or `v1` or `v2` or `v3`" in page
    assert "| `name` | text | *required* |" in page
