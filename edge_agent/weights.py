"""Which detector a box looks with: the configured one if somebody stands for it, else ours.

Trust fails closed: weights that are missing, broken, changed, or signed by nobody known are never
run.  Sight does not: the agent then takes the built-in detector, and says so in its log, in its
status and in telemetry until the cause is mended.  If the built-in one is broken too it ends.

A verifier that is itself missing says nothing against the built-in weights: they run if they are
the bytes that their manifest names, and the box reports that nobody checked the signature.
"""

import logging
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from edge_agent.config import DetectorSection
from edge_agent.detector import Detector, ModelError
from edge_agent.manifest import MANIFEST, Manifest, parse, read_checked
from edge_agent.trust import (
    CannotVerify,
    built_in_key,
    read_public,
    read_unverified,
    vouch,
)
from models import default_weights

log = logging.getLogger(__name__)

FALLEN_BACK = "mô hình cấu hình bị từ chối, đang dùng mô hình có sẵn / built-in detector in use: "
UNVERIFIED = "chưa kiểm tra được chữ ký mô hình / detector not verified: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """`model` is its version as alarms carry it; `trouble` why it is not as it should be, if so."""

    detector: Detector
    model: str
    trouble: str = ""


def choose(section: DetectorSection) -> Chosen:
    """Never raises for configured weights; raises ModelError if the built-in ones are broken."""
    try:
        return examine(section)
    except ModelError as refused:
        if section.weights is not None:
            trouble = f"{FALLEN_BACK}{refused.reason}"
        elif isinstance(refused, CannotVerify):
            trouble = f"{UNVERIFIED}{refused.reason}"
        else:
            raise
        log.error("%s; looking with the built-in detector until then", refused)
    return _built_in(section, trouble)


def examine(section: DetectorSection) -> Chosen:
    """The detector as configured; raises ModelError for anything that is wrong with it."""
    if section.weights is None:
        weights, keys = default_weights(), [built_in_key()]
    elif section.unsigned and not (section.weights.parent / MANIFEST).exists():
        return _unsigned(section, section.weights)
    else:
        weights = section.weights
        keys = [built_in_key(), *(read_public(path) for path in section.trusted_keys)]
    vouched = vouch(weights.parent, keys)
    detector = _open(section, weights, vouched.manifest)
    log.info(
        "detector %s %s, signed by %s",
        vouched.manifest.name,
        detector.facts.version,
        vouched.signer,
    )
    return Chosen(detector=detector, model=detector.facts.version)


def _built_in(section: DetectorSection, trouble: str) -> Chosen:
    """Verified if that can be done here; what is found wrong with it is raised."""
    weights = default_weights()
    try:
        manifest = vouch(weights.parent, [built_in_key()]).manifest
    except CannotVerify:
        manifest = parse(read_unverified(weights.parent), weights.parent)
    detector = _open(section, weights, manifest)
    return Chosen(detector=detector, model=detector.facts.version, trouble=trouble)


def _unsigned(section: DetectorSection, weights: Path) -> Chosen:
    detector = Detector(weights, section.size, section.threads)
    log.warning("detector %s: nobody signed it (detector.unsigned = true)", weights)
    return Chosen(detector=detector, model=f"{detector.facts.version[:50]} unsigned")


def _open(section: DetectorSection, weights: Path, manifest: Manifest) -> Detector:
    """Runs the very bytes that were checked."""
    _check_age(weights, manifest)
    content = read_checked(weights, manifest)
    detector = Detector(weights, section.size, section.threads, content)
    if detector.facts.labels != manifest.classes:
        raise ModelError(
            path=weights,
            reason=f"finds {', '.join(detector.facts.labels)}, "
            f"its manifest says {', '.join(manifest.classes)}",
            remedy="sign it anew with `ioc model sign`",
        )
    return detector


def _check_age(weights: Path, manifest: Manifest) -> None:
    ours = version("dong-giang-ioc")
    if _numbers(ours) < _numbers(manifest.minimum_agent):
        raise ModelError(
            path=weights,
            reason=f"made for agents from {manifest.minimum_agent} on, this is {ours}",
            remedy="upgrade the agent first",
        )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.partition("-")[0].split(".")[:3] if part.isdigit())
