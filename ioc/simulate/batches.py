"""Words in parcels: one kind each, of one day at most, the same for the same district."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from contracts.indicator import AnyBody, CaseBody, ObservationBody
from contracts.topics import Kind
from hub.wording import LOCAL
from ioc.simulate.told import Told

MOST = 500
"""Words of one parcel: half of what the HTTP entrance takes at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Of one kind, in the order of telling."""

    kind: Kind
    bodies: tuple[AnyBody, ...]

    @property
    def key(self) -> str:
        """The same bodies have the same key, whenever they are sent again."""
        digest = hashlib.blake2b(digest_size=16)
        for body in self.bodies:
            digest.update(body.model_dump_json().encode())
        return f"mo-phong-{digest.hexdigest()}"


def batches(told: Sequence[Told], most: int = MOST) -> Iterator[Batch]:
    """Day by day, so that a longer run repeats the parcels of a shorter one."""
    for _, words in groupby(told, key=lambda each: each.at.astimezone(LOCAL).date()):
        by_kind: dict[Kind, list[AnyBody]] = {}
        for word in words:
            by_kind.setdefault(kind_of(word.body), []).append(word.body)
        for kind, bodies in by_kind.items():
            yield from _parcels(kind, bodies, most)


def _parcels(kind: Kind, bodies: list[AnyBody], most: int) -> Iterable[Batch]:
    for at in range(0, len(bodies), most):
        yield Batch(kind=kind, bodies=tuple(bodies[at : at + most]))


def kind_of(body: AnyBody) -> Kind:
    match body:
        case ObservationBody():
            return Kind.OBSERVATION
        case CaseBody():
            return Kind.CASE
        case _:
            return Kind.MENTION
