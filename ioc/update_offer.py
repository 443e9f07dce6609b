"""A signed update as a file: manifest and signature, beside the file that they are of."""

from pathlib import Path

from pydantic import ValidationError

from contracts.update import Offer

ENDING = ".update.json"
OFFER_BYTES = 16_384


class BadOffer(Exception):
    """A file that is no signed update; names it and says why."""

    def __init__(self, *, path: Path, why: str) -> None:
        self.path = path
        self.why = why
        super().__init__(f"{path}: {why}; make one with `ioc update sign`")


def payload(offer: Path) -> Path:
    """The file that stands beside `offer`."""
    return offer.with_name(offer.name.removesuffix(ENDING))


def read_offer(path: Path) -> Offer:
    """Raises BadOffer."""
    try:
        with path.open("rb") as file:
            return Offer.model_validate_json(file.read(OFFER_BYTES))
    except OSError as missing:
        raise BadOffer(path=path, why=missing.strerror or "cannot be read") from None
    except ValidationError:
        raise BadOffer(path=path, why="is not a signed update") from None
