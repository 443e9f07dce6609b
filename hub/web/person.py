"""Who acts: the signed-in name, or on an open desk the one that was given and is kept."""

from starlette.requests import Request

from hub.web.access import Door, Forbidden

NAME_LIMIT = 60


def person(door: Door, request: Request, who: str) -> str:
    """Raises Forbidden where nobody is named."""
    name = str(request.session.get("name") or "") if not door.is_open else who.strip()
    if not name or len(name) > NAME_LIMIT:
        raise Forbidden("Ghi tên người trực trước khi xử lý (tối đa 60 ký tự).")
    if door.is_open:
        request.session["who"] = name
    return name
