"""Offers and their files: a file lies in the folder under its sha256, whole or not at all."""

import hashlib
import shutil
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import Connection, select

from contracts import files
from contracts.update import Offer, UpdateManifest
from hub.database import Work, upsert
from hub.rollouts.errors import BadFile
from hub.rollouts.records import offers


def keep(folder: Path, manifest: UpdateManifest, file: Path) -> Path:
    """Copies `file` into `folder`; raises BadFile unless it is what was signed."""
    try:
        content = file.read_bytes()
    except OSError as trouble:
        raise BadFile(f"{file}: {trouble.strerror or 'cannot be read'}") from None
    if len(content) != manifest.bytes or hashlib.sha256(content).hexdigest() != manifest.sha256:
        raise BadFile(f"{file}: not the file that was signed; name another with --file")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / manifest.sha256
    if not path.exists():
        part = path.with_name(f".{path.name}.part")
        shutil.copyfile(file, part)
        files.promote(part, path)
    return path


def add(work: Work, offer: Offer, at: datetime) -> UpdateManifest:
    """Remembers it; raises BadFile for what is no manifest.  Boxes judge the signature."""
    manifest = read(offer)
    row = {
        "digest": offer.digest, "what": manifest.what.value, "name": manifest.name,
        "version": manifest.version, "ring": manifest.ring.value, "sha256": manifest.sha256,
        "offer": offer.model_dump_json(), "added_at": at,
    }  # fmt: skip
    upsert(work.connection, offers, [row])
    return manifest


def read(offer: Offer) -> UpdateManifest:
    """Raises BadFile."""
    try:
        return offer.read()
    except ValidationError as wrong:
        raise BadFile(f"not a manifest: {wrong.errors()[0]['msg']}") from None


def find(connection: Connection, digest: str | None) -> Offer | None:
    if digest is None:
        return None
    text = connection.scalar(select(offers.c.offer).where(offers.c.digest == digest))
    return Offer.model_validate_json(text) if text else None
