"""The pages are what the models say."""

from pathlib import Path

from pydantic import Field

from contracts import reference
from contracts.configuration import Section
from hub.entrances.reference import page
from hub.entrances.settings import Drop, Rest, Sql, WebFeed

DOCS = Path(__file__).parents[3] / "docs"


class Everything(Section):
    drop: Drop = Field(default=Drop(), title="drop")
    feed: tuple[WebFeed, ...] = Field(default=(), title="feed")
    rest: tuple[Rest, ...] = Field(default=(), title="rest")
    sql: tuple[Sql, ...] = Field(default=(), title="sql")


def test_the_page_of_mappings_is_up_to_date() -> None:
    assert (DOCS / "mappings.md").read_text(encoding="utf-8") == page(), "run make reference"


def test_every_key_of_the_sections_is_on_the_configuration_page() -> None:
    said = reference.page("", Everything)
    for section in (Drop, WebFeed, Rest, Sql):
        for name, field in section.model_fields.items():
            assert f"`{name}`" in said or f"rest.{name}" in said
            assert field.title
            assert field.description
    assert "## `[rest.paging]`" in said
