"""Words of Vietnamese out of its syllables (`lực lượng`, `kiểm lâm`), by a kept model, offline.

underthesea's conditional random field, read by its own engine (`underthesea_core`) without the
package around it, which brings requests, joblib and an entity recogniser; pyvi brings numpy, scipy
and scikit-learn, several times the memory of the engine alone.  Neither can read whole articles at
a thousand a second (`python -m benchmarks.mentions`), so only titles of texts that name a place of
the district are segmented: there words become keywords.  Everything else works on longest phrases
of syllables.

Nothing is loaded before the first title.  Without the extra `mentions` each syllable is a word,
and `why_not` says what is missing.
"""

import logging
import pickle
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from hub.mentions.text import Text

MODEL = Path("pipeline", "word_tokenize", "models", "ws_crf_vlsp2013_20230727")
MOST_SYLLABLES = 24
"""Of a title: a long one."""
REMEMBERED = 2_048
"""Titles whose words are kept, some megabytes: a text posted again mostly keeps its headline."""

Tagger = Callable[[tuple[str, ...]], Sequence[str]]
log = logging.getLogger(__name__)


class SegmenterMissing(Exception):
    """The model cannot be loaded; `reason` is what Python says."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Vietnamese word segmentation is not available ({reason}): each syllable counts as a "
            "word. Remedy: pip install 'dong-giang-ioc[hub,mentions]'"
        )
        self.reason = reason


def words(title: Text) -> tuple[str, ...]:
    """The words of a title as written, punctuation included; syllables if there is no model."""
    syllables = title.original[:MOST_SYLLABLES]
    tag = _tagger()
    if not syllables or isinstance(tag, SegmenterMissing):
        return syllables
    return tuple(_joined(syllables, tag(syllables)))


def why_not() -> SegmenterMissing | None:
    """Why syllables stand for words, or None.  Loads the model."""
    tag = _tagger()
    return tag if isinstance(tag, SegmenterMissing) else None


def _joined(syllables: Sequence[str], tags: Sequence[str]) -> list[str]:
    """`I-W` continues a word."""
    joined: list[str] = []
    for syllable, tag in zip(syllables, tags, strict=True):
        if tag == "I-W" and joined:
            joined[-1] += f" {syllable}"
        else:
            joined.append(syllable)
    return joined


@lru_cache(maxsize=1)
def _tagger() -> Tagger | SegmenterMissing:
    try:
        return load()
    except SegmenterMissing as missing:
        log.warning("%s", missing)
        return missing


def load() -> Tagger:
    """The model out of the installed package; raises SegmenterMissing."""
    try:
        from underthesea_core import CRFFeaturizer, CRFTagger  # noqa: PLC0415 (23 MB)

        folder = _package() / MODEL
        engine = CRFTagger()
        engine.load(str(folder / "models.bin"))
        featurizer = CRFFeaturizer(_part(folder, "features"), _part(folder, "dictionary"))
    except (ImportError, OSError, ValueError, pickle.UnpicklingError) as error:
        raise SegmenterMissing(str(error)) from error

    @lru_cache(maxsize=REMEMBERED)
    def tag(syllables: tuple[str, ...]) -> Sequence[str]:
        rows = featurizer.process([[[syllable] for syllable in syllables]])
        return tuple(engine.tag(rows[0]))

    return tag


def _package() -> Path:
    spec = find_spec("underthesea")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("underthesea is not installed")
    return Path(spec.submodule_search_locations[0])


def _part(folder: Path, name: str) -> object:
    return pickle.loads((folder / f"{name}.bin").read_bytes())  # noqa: S301 (of the package)
