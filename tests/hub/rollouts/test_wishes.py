"""Boxes are told what they are to run, and fetch it by a path of their own."""

from datetime import timedelta
from pathlib import Path

import pytest

from contracts import codec
from contracts.rollout import Phase, Update
from contracts.update import What
from hub.database import Database
from hub.rollouts import store, wishes
from hub.rollouts.errors import BadFile
from tests.hub.rollouts.making import CONTENT, Centre, offered

OFFER = offered()
MINUTE = timedelta(minutes=1)


@pytest.fixture
def centre(database: Database, tmp_path: Path) -> Centre:
    return Centre(database, tmp_path, "thap-a", "thap-b")


class Broker:
    def __init__(self) -> None:
        self.connected = True
        self.told: list[Update] = []

    def say(self, topic: str, payload: bytes) -> bool:
        if self.connected:
            message = codec.decode(topic, payload).message
            assert isinstance(message, Update)
            self.told.append(message)
        return self.connected


def publish(centre: Centre, broker: Broker) -> int:
    secret = wishes.secret_of(centre.database)
    return wishes.publish(centre.database, secret, broker.say, centre.now)


def test_a_box_is_told_once_and_whole(centre: Centre) -> None:
    broker = Broker()
    centre.start(OFFER, "canary=thap-a")
    assert publish(centre, broker) == 1
    centre.say("thap-a", Phase.FETCHING, OFFER)
    centre.now += 2 * MINUTE
    assert publish(centre, broker) == 0
    [letter] = broker.told
    [wanted] = letter.wanted
    assert (letter.device, wanted.what, wanted.offer) == ("thap-a", What.MODEL, OFFER)
    assert wanted.path.startswith(f"/updates/thap-a/{OFFER.read().sha256}/")


def test_what_could_not_be_said_is_said_later(centre: Centre) -> None:
    broker = Broker()
    broker.connected = False
    centre.start(OFFER, "canary=thap-a")
    assert publish(centre, broker) == 0
    broker.connected = True
    assert publish(centre, broker) == 1


def test_a_box_that_is_there_and_did_not_hear_is_told_again_each_minute(centre: Centre) -> None:
    broker = Broker()
    centre.start(OFFER, "canary=thap-a")
    publish(centre, broker)
    assert publish(centre, broker) == 0
    centre.now += 2 * MINUTE
    centre.live()
    assert publish(centre, broker) == 1


def test_a_file_is_kept_only_if_it_is_what_was_signed(tmp_path: Path) -> None:
    file = tmp_path / "x.onnx"
    for content in (CONTENT[:-1], CONTENT[:-1] + b"x"):
        file.write_bytes(content)
        with pytest.raises(BadFile, match="not the file that was signed"):
            store.keep(tmp_path / "updates", OFFER.read(), file)
    with pytest.raises(BadFile, match="No such file"):
        store.keep(tmp_path / "updates", OFFER.read(), tmp_path / "none")
    file.write_bytes(CONTENT)
    kept = store.keep(tmp_path / "updates", OFFER.read(), file)
    assert (kept.name, kept.read_bytes()) == (OFFER.read().sha256, CONTENT)
