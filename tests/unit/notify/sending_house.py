"""A desk that sends letters, with a store and a relay that are only values."""

from dataclasses import dataclass, field
from typing import Any, Final, cast

from services.notify.compose import Composer
from services.notify.desk import Desk
from services.notify.handlers import on_alert_requested, on_notice_requested
from services.notify.ways import Ways
from shared.errors import Permanent, Transient
from shared.messages import AlertRequested, NoticeFailed, NoticeRequested
from shared.outbox import from_saved
from shared.references import Seal
from tests import fakes
from tests.unit.examples import LIBRARY, NOW, REFERENCE, SECRET, document, request

COMPOSER: Final = Composer(LIBRARY, Seal(SECRET))
BUSY: Final = Transient("the relay answered 451")
NO: Final = Permanent("the relay answered 550")


@dataclass
class House:
    """A desk whose rows and letters can be looked at; one ticket is there."""

    notices: fakes.Notices = field(default_factory=fakes.Notices)
    courier: fakes.Courier = field(default_factory=fakes.Courier)
    clock: fakes.Clock = field(default_factory=fakes.Clock)

    def __post_init__(self) -> None:
        self.notices.tickets[REFERENCE] = document()
        by = {"id": "mair", "name": "Mair Pretend"}
        self.notices.people["mair"] = {"name": "Mair Pretend", "address": "mair@llanfair.example"}
        alerts = [{"id": "alert-1", "kind": "contact_lost", "reference": REFERENCE}]
        self.notices.digests["digest-1"] = {"staff": "mair", "alerts": alerts}
        self.notices.written["words-1"] = {"text": "From ten to four.", "by": by}

        self.ways = Ways(lambda: self.notices.now, lambda: 0.5)

    @property
    def desk(self) -> Desk:
        notices = cast(Any, self.notices)
        return Desk(notices, COMPOSER, self.courier, self.clock, self.ways, lambda: 0.5)

    async def hear(self, message: NoticeRequested) -> None:
        await on_notice_requested(message, desk=self.desk)

    async def alert(self) -> None:
        message = AlertRequested(
            message_id="digest-1", reference=REFERENCE, at=NOW, digest_id="digest-1"
        )
        await on_alert_requested(message, desk=self.desk)

    def told(self) -> list[NoticeFailed]:
        """What routing will hear."""
        saved = [one for many in self.notices.outbox.documents.values() for one in many]
        found = [from_saved(one) for one in saved]
        return [one for one in found if isinstance(one, NoticeFailed)]

    def pass_time(self, seconds: float) -> None:
        """For the services and for the database."""
        self.clock.move(seconds=seconds)
        self.notices.now += seconds

    def row(self, notice_id: str = request().message_id) -> fakes.Notice:
        return self.notices.rows[notice_id]
