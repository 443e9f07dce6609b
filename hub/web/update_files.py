"""Files of updates for the boxes: a path that was sealed for one box, parts on demand (`Range`)."""

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import FileResponse

from hub.context import Context
from hub.rollouts import wishes


def router(context: Context) -> APIRouter:
    """`GET /updates/<device>/<sha256>/<seal>`; no session: a box has none."""
    made, secret = APIRouter(), wishes.secret_of(context.database)

    @made.get("/updates/{device}/{sha256}/{seal}")
    def file(device: str, sha256: str, seal: str) -> Response:
        with context.database.read() as connection:
            allowed = wishes.may_fetch(connection, secret, device, sha256, seal)
        path = context.config.updates_folder / sha256
        if not allowed or not path.is_file():
            raise HTTPException(404, "Không có tệp này.")
        return FileResponse(path, media_type="application/octet-stream")

    return made
