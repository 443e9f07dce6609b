"""What a citizen can report about: data, in the order of the buttons."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from contracts.indicator import Code

FACTS = Path(__file__).parent / "data" / "categories.yaml"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Category(_Part):
    """`first_vi` is what to do before writing to anybody."""

    code: Code
    name_vi: str
    urgency: Literal["khan", "thuong"]
    first_vi: str = ""


class _Facts(_Part):
    source: str
    confidence: str
    effective_from: date
    categories: tuple[Category, ...]


@lru_cache(maxsize=1)
def categories() -> dict[str, Category]:
    """By code."""
    facts = _Facts.model_validate(yaml.safe_load(FACTS.read_text(encoding="utf-8")))
    return {each.code: each for each in facts.categories}
