"""Against abuse of the public page: forms that count once, and how often somebody may try.

Memory is bounded whatever comes.  Nothing of an address outlives its hour.
"""

import secrets
import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from contracts.address import sender

HOUR = timedelta(hours=1)
FORM_LIFE = timedelta(hours=2)
ADDRESSES = 10_000
"""Addresses remembered; beyond it the one that was silent longest is forgotten."""


class Turned(Exception):
    """A form that is not taken; `status` is HTTP's, `why_vi` is said to the citizen."""

    def __init__(self, why_vi: str, status: int = 422) -> None:
        self.why_vi = why_vi
        self.status = status
        super().__init__(why_vi)


OLD = "Trang đã cũ. Xem lại nội dung rồi bấm Gửi lần nữa."
FAST = "Bấm gửi quá nhanh. Chờ vài giây rồi bấm Gửi lần nữa."
OFTEN = "Có quá nhiều tin gửi từ mạng này. Việc khẩn cấp hãy gọi 114, 113 hoặc 115."
CROWDED = "Hệ thống đang nhận quá nhiều tin. Việc khẩn cấp hãy gọi 114, 113 hoặc 115."


class Forms:
    """Signed numbers for forms.  That one is used up is remembered by the report it made."""

    def __init__(self, secret: str, fill_s: float) -> None:
        self._signer = URLSafeSerializer(secret, salt="bao-tin")
        self._fill = timedelta(seconds=fill_s)

    def issue(self, now: datetime) -> str:
        return str(self._signer.dumps([secrets.token_hex(16), now.timestamp()]))

    def check(self, token: str, now: datetime) -> str:
        """The number of the form, 32 hex digits.  Raises Turned: forged, too soon, too old."""
        try:
            number, issued = self._signer.loads(token)
        except BadSignature:
            raise Turned(OLD, 403) from None
        age = timedelta(seconds=now.timestamp() - issued)
        if age > FORM_LIFE:
            raise Turned(OLD, 403)
        if age < self._fill:
            raise Turned(FAST)
        return str(number)


class Window:
    """At most `limit` events of a key in an hour; for at most ADDRESSES keys."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._seen)

    def allows(self, key: str, now: datetime) -> bool:
        """Counts the event if it is allowed."""
        with self._lock:
            times = self._seen.setdefault(key, deque())
            self._seen.move_to_end(key)
            while len(self._seen) > ADDRESSES:
                self._seen.popitem(last=False)
            while times and now - times[0] >= HOUR:
                times.popleft()
            if len(times) >= self._limit:
                return False
            times.append(now)
            return True


class Gate:
    """How often somebody may try, and may open an incident."""

    def __init__(self, *, per_address: int, in_total: int) -> None:
        self._address = Window(per_address)
        self._total = Window(in_total)
        self._openings = Window(1)

    def enter(self, address: str, now: datetime) -> None:
        """Raises Turned.  An address over its own limit does not eat up everybody's."""
        if not self._address.allows(sender(address), now):
            raise Turned(OFTEN, 429)
        if not self._total.allows("", now):
            raise Turned(CROWDED, 429)

    def may_open(self, address: str, now: datetime) -> bool:
        return self._openings.allows(sender(address), now)
