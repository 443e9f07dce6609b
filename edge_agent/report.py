"""A change of a sighting, made into the messages that tell of it."""

import hashlib
from datetime import datetime

from contracts.evidence import Evidence, Size
from contracts.identity import Lane
from contracts.sighting import Bearing, Box, Finding, Position, Sighting, State
from contracts.status import Pose
from edge_agent import evidence
from edge_agent.bearing import bearing_of
from edge_agent.confirm import Change
from edge_agent.detector import Detection
from edge_agent.frame import Image
from edge_agent.outbox import Draft, Place

MOST_FINDINGS = 20


class Reporter:
    """What is the same in all messages of one camera."""

    def __init__(
        self,
        *,
        camera: str,
        position: Position | None,
        pose: Pose | None,
        model: str,
        drill: bool,
    ) -> None:
        self._camera = camera
        self._position = position
        self._pose = pose
        self._model = model
        self._drill = drill

    def drafts(
        self,
        change: Change,
        at: datetime,
        detections: list[Detection],
        image: Image | None,
        with_picture: bool,
    ) -> list[Draft]:
        """The sighting first, its thumbnail behind it in the alarm lane, the picture in bulk."""
        drafts = [self._sighting(change, at, detections)]
        if image is None or change.state is State.CLOSED:
            return drafts
        small = evidence.thumbnail(image, change.box, change.label)
        drafts.append(self._evidence(change, at, Size.THUMBNAIL, small))
        if with_picture:
            large = evidence.picture(image, change.box, change.label)
            drafts.append(self._evidence(change, at, Size.PICTURE, large))
        return drafts

    def _sighting(self, change: Change, at: datetime, detections: list[Detection]) -> Draft:
        def build(place: Place) -> Sighting:
            return Sighting(
                **place.fields(),
                captured_at=at,
                drill=self._drill,
                sighting=change.sighting,
                state=change.state,
                camera=self._camera,
                label=change.label,
                score=change.score,
                first_seen_at=change.first_seen_at,
                frames=change.frames,
                findings=_findings(detections),
                bearing=self._bearing(change),
                position=self._position,
                model=self._model,
            )

        return Draft(lane=Lane.ALARM, build=build)

    def _evidence(self, change: Change, at: datetime, size: Size, jpeg: bytes) -> Draft:
        def build(place: Place) -> Evidence:
            return Evidence(
                **place.fields(),
                captured_at=at,
                drill=self._drill,
                sighting=change.sighting,
                camera=self._camera,
                label=change.label,
                size=size,
                length=len(jpeg),
                sha256=hashlib.sha256(jpeg).hexdigest(),
            )

        return Draft(lane=size.lane, build=build, jpeg=jpeg)

    def _bearing(self, change: Change) -> Bearing | None:
        return bearing_of(change.box, change.label, self._pose) if self._pose else None


def _findings(detections: list[Detection]) -> tuple[Finding, ...]:
    return tuple(
        Finding(label=one.label, score=round(one.score, 4), box=_rounded(one.box))
        for one in detections[:MOST_FINDINGS]
    )


def _rounded(box: Box) -> Box:
    return Box(x=round(box.x, 4), y=round(box.y, 4), w=round(box.w, 4), h=round(box.h, 4))
