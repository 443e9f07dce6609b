"""The desk of roll-outs: one thread that looks at each, and tells boxes what they are to run."""

from collections.abc import Callable

from contracts.clock import utc_now
from hub.clerk import Clerk, Employer
from hub.database import Database
from hub.rollouts import wishes
from hub.rollouts.engine import Rollouts, is_any_running
from hub.rollouts.wishes import Publish

EVERY_S = 10.0


class Desk(Employer):
    """`link` hands out what publishes; it is there once the hub's links are made."""

    def __init__(self, database: Database, rollouts: Rollouts, link: Callable[[], Publish]) -> None:
        self._database = database
        self._rollouts = rollouts
        self._link = link
        self._secret = wishes.secret_of(database)
        self._clerk = Clerk("rollouts", self._work, every_s=EVERY_S)

    def _work(self) -> None:
        now = utc_now()
        with self._database.read() as connection:
            running = is_any_running(connection)
        if running:
            with self._database.work() as work:
                self._rollouts.look(work, now)
        wishes.publish(self._database, self._secret, self._link(), now)
