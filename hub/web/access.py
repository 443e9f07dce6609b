"""Who is at the desk: sessions, login, and proof that a form came from our own page."""

import hmac
import secrets
import time
from collections import deque
from urllib.parse import urlsplit

from sqlalchemy import select
from starlette.requests import Request

from contracts.configuration import LOOPBACK
from hub.config import Console
from hub.database import Database, upsert
from hub.records import settings
from hub.web.users import is_right

SESSION_S = 12 * 3600
"""A shift and its hand-over."""
TRIES, TRIES_S = 8, 60.0
"""Wrong passwords in a minute, from anybody, after which the door stays shut for a while."""


class Forbidden(Exception):
    """A request that may not do what it asks; `why` is said to the person, in Vietnamese."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class NotSignedIn(Exception):
    """A page that needs a person; the answer is the door."""


class Door:
    """Lets people in.  On loopback without users everybody is in and gives a name when acting."""

    def __init__(self, console: Console) -> None:
        self._users = console.users_file
        self._wrong: deque[float] = deque(maxlen=TRIES)

    @property
    def is_open(self) -> bool:
        return self._users is None

    def require(self, request: Request) -> None:
        """Raises NotSignedIn."""
        if not self.is_open and not request.session.get("name"):
            raise NotSignedIn

    def enter(self, request: Request, name: str, password: str) -> bool:
        """Signs in; a fresh session, so that none planted before it survives.  Raises Forbidden."""
        now = time.monotonic()
        if len(self._wrong) == TRIES and now - self._wrong[0] < TRIES_S:
            raise Forbidden("Sai mật khẩu quá nhiều lần. Chờ một phút rồi thử lại.")
        if self._users is None or not is_right(self._users, name, password):
            self._wrong.append(now)
            return False
        request.session.clear()
        request.session["name"] = name
        return True


def csrf_token(request: Request) -> str:
    """The session's secret that each of our forms repeats."""
    if "csrf" not in request.session:
        request.session["csrf"] = secrets.token_urlsafe(24)
    return str(request.session["csrf"])


def check_csrf(request: Request, given: str) -> None:
    """Raises Forbidden unless the form was made by our page in this session."""
    known = str(request.session.get("csrf", ""))
    if not known or not hmac.compare_digest(known.encode(), given.encode()):
        raise Forbidden("Trang đã cũ hoặc biểu mẫu không phải của trang này. Tải lại rồi làm lại.")


def session_secret(database: Database) -> str:
    """Made once for this installation; sessions survive a restart."""
    with database.work() as work:
        query = select(settings.c.value).where(settings.c.name == "session-secret")
        known = work.connection.scalar(query)
        if known is None:
            known = secrets.token_hex(32)
            upsert(work.connection, settings, [{"name": "session-secret", "value": known}])
    return str(known)


def allowed_hosts(console: Console) -> list[str]:
    """Names under which a browser may ask: a page elsewhere cannot point its own name at us."""
    if console.listen not in LOOPBACK:
        return ["*"]  # its certificate names it
    public = urlsplit(console.public_url).hostname
    return ["127.0.0.1", "localhost", "[::1]", *([public] if public else [])]
