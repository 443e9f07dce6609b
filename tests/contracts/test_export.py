"""The published schemas are those of the models."""

from pathlib import Path

import pytest

from contracts import export
from contracts.topics import Kind

PUBLISHED = Path(export.__file__).parent / "schema"


@pytest.mark.parametrize("name", sorted(export.documents()))
def test_the_published_copy_matches_the_models(name: str) -> None:
    published = (PUBLISHED / name).read_text(encoding="utf-8")
    assert published == export.documents()[name], "run `make schemas` and commit the result"


def test_nothing_else_is_published() -> None:
    assert {path.name for path in PUBLISHED.iterdir()} == set(export.documents())


def test_every_kind_has_a_channel() -> None:
    channels = export.asyncapi()["channels"]
    told = {channel["address"] for channel in channels.values()}
    assert told == {address for kind in Kind for address in export.addresses(kind)}


def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    written = export.write(tmp_path / "new" / "schema")
    assert {path.name for path in written} == set(export.documents())
