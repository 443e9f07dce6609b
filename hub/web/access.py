"""Who is at the desk: sessions, login, and proof that a form came from our own page."""

import hmac
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from starlette.requests import Request

from contracts.address import sender
from contracts.configuration import LOOPBACK
from hub.config import Console
from hub.database import Database
from hub.once import once
from hub.web.users import Roll, is_right

SESSION_S = 12 * 3600
"""A shift and its hand-over."""
TRIES, TRIES_S = 8, 60.0
"""Wrong passwords in a minute from one address, after which it waits: others still come in."""
TRIES_OF_ALL = 60
"""The same of all addresses together; then only those come in where somebody has been signed in."""
ADDRESSES = 10_000
"""Remembered at most; the one that was silent longest is forgotten."""


class Forbidden(Exception):
    """A request that may not do what it asks; `why` is said to the person, in Vietnamese."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class NotSignedIn(Exception):
    """A page that needs a person; the answer is the door."""


class Guesses:
    """Wrong passwords of the last minute.  Not safe in several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._of: OrderedDict[str, deque[float]] = OrderedDict()
        self._all: deque[float] = deque(maxlen=TRIES_OF_ALL)
        self._welcome: OrderedDict[str, None] = OrderedDict()

    def too_many(self, address: str) -> bool:
        own = self._of.get(address)
        if own is not None and len(own) == TRIES and self._fresh(own[0]):
            return True
        crowded = len(self._all) == TRIES_OF_ALL and self._fresh(self._all[0])
        return crowded and address not in self._welcome

    def wrong(self, address: str) -> None:
        now = self._clock()
        self._of.setdefault(address, deque(maxlen=TRIES)).append(now)
        self._of.move_to_end(address)
        self._all.append(now)
        if len(self._of) > ADDRESSES:
            self._of.popitem(last=False)

    def right(self, address: str) -> None:
        self._welcome[address] = None
        self._welcome.move_to_end(address)
        if len(self._welcome) > ADDRESSES:
            self._welcome.popitem(last=False)

    def _fresh(self, then: float) -> bool:
        return self._clock() - then < TRIES_S


class Door:
    """Lets people in.  On loopback without users everybody is in and gives a name when acting."""

    def __init__(self, console: Console) -> None:
        self._users = console.users_file
        self._roll = Roll(console.users_file) if console.users_file else None
        self._guesses = Guesses()
        self._one = threading.Lock()

    @property
    def is_open(self) -> bool:
        return self._users is None

    def require(self, request: Request) -> None:
        """Raises NotSignedIn; also for who was taken off the roll, or has a new password."""
        if self._roll is None:
            return
        mark = self._roll.mark(str(request.session.get("name", "")))
        if not mark or request.session.get("mark") != mark:
            raise NotSignedIn

    def enter(self, request: Request, name: str, password: str) -> bool:
        """Signs in; a fresh session, so that none planted before it survives.  Raises Forbidden."""
        if self._users is None or self._roll is None:
            return False
        address = sender(request.client.host if request.client else "")
        with self._one:  # a guess takes 16 MB and a core: one at a time
            if self._guesses.too_many(address):
                raise Forbidden("Sai mật khẩu quá nhiều lần. Chờ một phút rồi thử lại.")
            if not is_right(self._users, name, password):
                self._guesses.wrong(address)
                return False
            self._guesses.right(address)
        request.session.clear()
        request.session.update(name=name, mark=self._roll.mark(name))
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
    return once(database, "session-secret", partial(secrets.token_hex, 32))


def allowed_hosts(console: Console) -> list[str]:
    """Names under which a browser may ask: a page elsewhere cannot point its own name at us."""
    if console.listen not in LOOPBACK:
        return ["*"]  # its certificate names it
    public = urlsplit(console.public_url).hostname
    return ["127.0.0.1", "localhost", "[::1]", *([public] if public else [])]
