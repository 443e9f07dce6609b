"""Reports in the records: sent by a citizen, moved on by the desk, asked for with the receipt.

The case is the life cycle's (`hub.cases`) and comes in through `hub.admission`; here stands what a
case does not hold: words, photo, receipt, answer.  No name, number or address of anybody.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from contracts.identity import new_ulid
from contracts.indicator import CaseBody
from hub import audit, secrecy
from hub.admission import Admission
from hub.cases.lifecycle import Lifecycle, State
from hub.citizens.alarms import ReportAlarms, Told
from hub.citizens.categories import categories
from hub.citizens.guard import Turned
from hub.database import Work
from hub.geometry import Spot
from hub.places import Places
from hub.provenance import Entrance, Provenance
from hub.records import cases, citizen_reports
from hub.wording import LOCAL

TYPE = "report"
SOURCE = "bao-tin"
CITIZEN = "người dân"
DISTRICT = "505"
TEXT_LIMIT, PLACE_LIMIT, ANSWER_LIMIT = 1000, 120, 1000
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without what is mistaken for another: 12 of them are 58 bits."""
COPY_WINDOW = timedelta(hours=24)
COPY_WORDS = 20
"""Shorter words are the same by chance: "cháy rừng" from two people is two witnesses."""
RATINGS = {"hai-long": "Hài lòng", "chap-nhan": "Chấp nhận được", "khong": "Không hài lòng"}
SPAM = "rac"
ANSWERED = "report-answered"
"""The audit's word for an answer."""
DONE, RATED = "da-xu-ly", "danh-gia"


class NoSuchReport(LookupError):
    def __init__(self, report: str) -> None:
        self.report = report
        super().__init__(f"report {report!r} is not in the records")


class NotUsual(ValueError):
    """A step that does not follow from where the report is: somebody was faster."""

    def __init__(self, *, report: str, state: str, wanted: str) -> None:
        self.report = report
        self.state = state
        self.wanted = wanted
        super().__init__(f"report {report} is {state!r}; {wanted!r} does not follow from that")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A form as it came, `photo` cleaned already, `form` the number that it uses up."""

    form: str
    category: str
    commune: str
    place: str
    text: str
    spot: Spot | None
    photo: bytes | None


class Reports:
    """Stateless but for the wiring; each call inside of the caller's `Work`."""

    def __init__(
        self, admission: Admission, lifecycle: Lifecycle, alarms: ReportAlarms, places: Places
    ) -> None:
        self._admission = admission
        self.lifecycle = lifecycle
        self._alarms = alarms
        self._places = places

    def send(self, work: Work, sent: Sent, now: datetime, may_open: Callable[[], bool]) -> str:
        """Keeps a report and returns its receipt; of a form that was used, the receipt it made.
        Raises Turned."""
        used = select(citizen_reports.c.code).where(citizen_reports.c.form == sent.form)
        if (code := work.connection.scalar(used)) is not None:
            return str(code)
        category = categories().get(sent.category)
        if category is None:
            raise Turned("Chọn loại việc cần báo.")
        text, place = _words(sent.text, TEXT_LIMIT), _words(sent.place, PLACE_LIMIT)
        if not text and sent.photo is None:
            raise Turned("Viết vài chữ, hoặc gửi một tấm ảnh.")
        told = self._told(sent, text, place, now)
        case, receipt = f"pa-{new_ulid()}", new_code()
        unit = told.commune.code if told.commune else None
        attributes = _attributes(told, category.urgency)
        self._admit(work, case, "moi", CITIZEN, now, unit=unit, attributes=attributes)
        digests = _digests(sent, text)
        copy_of = _copy(work.connection, digests, now)
        work.connection.execute(insert(citizen_reports).values(
            case=case, code=receipt, form=sent.form, received_at=now, text=text, place=place,
            photo=None if copy_of and sent.photo and digests[0] in _digests_of(work, copy_of)
            else sent.photo,
            digests=digests, copy_of=copy_of, answer="",
            incident=self._alarms.tell(work, told, may_open),
        ))  # fmt: skip
        return receipt

    def state(self, connection: Connection, case: str) -> State:
        """Raises NoSuchReport."""
        state = self.lifecycle.state(_case(connection, case).state)
        assert state is not None, case
        return state

    def step(self, work: Work, case: str, wanted: str, *, who: str, at: datetime) -> None:
        """One of the life cycle's usual next states.  Raises NoSuchReport, NotUsual."""
        now = _case(work.connection, case)
        state = self.lifecycle.state(now.state)
        if state is None or wanted not in state.usual_next:
            raise NotUsual(report=case, state=now.state, wanted=wanted)
        self._admit(work, case, wanted, who, at, unit=now.unit, attributes={})
        audit.note(work, _by(who, at), "report-step", _subject(case),
                   {"before": now.state, "after": wanted})  # fmt: skip
        if wanted == SPAM:  # what does not belong here is not kept
            _set(work, case, photo=None)

    def look(self, work: Work, case: str, *, who: str, at: datetime) -> None:
        """An officer opened the photo, and answers for what others of the desk see from now."""
        if find(work.connection, case).looked_at is None:
            _set(work, case, looked_at=at, looked_by=who)
            audit.note(work, _by(who, at), "report-looked", _subject(case), {})

    def hide(self, work: Work, case: str, *, who: str, at: datetime) -> None:
        """A photo that must not be kept: of somebody's face, of what is nobody's business."""
        find(work.connection, case)
        _set(work, case, photo=None)
        audit.note(work, _by(who, at), "report-photo-gone", _subject(case), {})

    def answer(self, work: Work, case: str, words: str, *, who: str, at: datetime) -> None:
        """What the citizen reads at the receipt.  Raises NoSuchReport, Turned."""
        before = find(work.connection, case).answer
        said = _words(words, ANSWER_LIMIT)
        if said == before:
            return
        _set(work, case, answer=said, answered_at=at, answered_by=who)
        audit.note(work, _by(who, at), ANSWERED, _subject(case),
                   {"before": before, "after": said})  # fmt: skip

    def rate(self, work: Work, code: str, rating: str, at: datetime) -> None:
        """Once, after it was dealt with.  Raises NoSuchReport, Turned."""
        row = by_code(work.connection, code)
        if rating not in RATINGS:
            raise Turned("Chọn một trong ba mức.")
        now = _case(work.connection, row.case)
        if now.state != DONE:
            raise Turned("Tin này chưa xử lý xong hoặc đã được đánh giá.", 409)
        satisfied = {"satisfied": rating != "khong"}
        self._admit(work, row.case, RATED, CITIZEN, at, unit=now.unit, attributes=satisfied)
        _set(work, row.case, rating=rating)

    def _admit(
        self, work: Work, case: str, state: str, who: str, at: datetime, *,
        unit: str | None, attributes: dict[str, Any],
    ) -> None:  # fmt: skip
        body = CaseBody(
            type=TYPE, case=case, state=state, unit=unit or DISTRICT, at=at, attributes=attributes
        )
        self._admission.admit(work, [body], _by(who, at))

    def _told(self, sent: Sent, text: str, place: str, now: datetime) -> Told:
        """The chosen commune counts; a position out of the district is a mistake and is left."""
        day = now.astimezone(LOCAL).date()
        here = self._places.at(sent.spot, day) if sent.spot else None
        chosen = {each.code: each for each in self._places.on(day)}.get(sent.commune)
        if sent.commune and chosen is None:
            raise Turned("Chọn xã trong danh sách.")
        return Told(
            category=sent.category, text=text, place=place, spot=sent.spot if here else None,
            commune=chosen or here, at=now,
        )  # fmt: skip


def find(connection: Connection, case: str) -> Row[Any]:
    """Raises NoSuchReport."""
    row = connection.execute(
        select(citizen_reports).where(citizen_reports.c.case == case)
    ).one_or_none()
    if row is None:
        raise NoSuchReport(case)
    return row


def by_code(connection: Connection, code: str) -> Row[Any]:
    """However the code was typed.  Raises NoSuchReport."""
    plain = re.sub(r"[^0-9A-Z]", "", code.upper())[:16]
    row = connection.execute(
        select(citizen_reports).where(citizen_reports.c.code == plain)
    ).one_or_none()
    if row is None:
        raise NoSuchReport(code)
    return row


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


def _case(connection: Connection, case: str) -> Row[Any]:
    query = select(cases).where(cases.c.type == TYPE, cases.c.case == case)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NoSuchReport(case)
    return row


def _words(given: str, limit: int) -> str:
    """Plain lines without control characters and numbers of persons.  Raises Turned."""
    text = unicodedata.normalize("NFC", given.replace("\r\n", "\n")).strip()
    text = "".join(each for each in text if each == "\n" or unicodedata.category(each)[0] != "C")
    if len(text) > limit:
        raise Turned(f"Viết ngắn lại, tối đa {limit} ký tự (đang có {len(text)}).")
    try:
        secrecy.check({}, text)
    except secrecy.Secret:
        raise Turned("Không gửi tài liệu mật qua trang này.") from None
    return secrecy.without_persons(text)


def _attributes(told: Told, urgency: str) -> dict[str, Any]:
    known: dict[str, Any] = {"category": told.category, "urgency": urgency}
    return known | ({"lat": told.spot.lat, "lon": told.spot.lon} if told.spot else {})


def _digests(sent: Sent, text: str) -> list[str]:
    """Of the photo and of the words, for telling copies; empty where there is too little."""
    plain = " ".join(secrecy.plain(text).split())
    words = f"{sent.category} {sent.commune} {plain}".encode() if len(plain) >= COPY_WORDS else b""
    return [hashlib.sha256(each).hexdigest() if each else "" for each in (sent.photo, words)]


def _copy(connection: Connection, digests: list[str], now: datetime) -> str | None:
    """The first report of the last day with the same photo or the same words."""
    query = select(citizen_reports.c.case, citizen_reports.c.digests).where(
        citizen_reports.c.received_at > now - COPY_WINDOW, citizen_reports.c.copy_of.is_(None)
    )
    return next(
        (str(row.case) for row in connection.execute(query.order_by(citizen_reports.c.received_at))
         if any(one and one == other for one, other in zip(digests, row.digests, strict=True))),
        None,
    )  # fmt: skip


def _digests_of(work: Work, case: str) -> list[str]:
    return list(find(work.connection, case).digests)


def _set(work: Work, case: str, **values: Any) -> None:
    work.connection.execute(
        update(citizen_reports).where(citizen_reports.c.case == case).values(values)
    )


def _by(who: str, at: datetime) -> Provenance:
    return Provenance(source=SOURCE, actor=who, entrance=Entrance.PERSON, recorded_at=at)


def _subject(case: str) -> str:
    return f"{TYPE} {case}"
