"""`desk doctor`: everything that this desk needs, a line for each check. Changes nothing."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

from services.desk.findings import Finding, of_library, of_staff
from services.desk.servers import of_mongodb, of_rabbitmq, of_relay
from services.desk.store import Office
from services.notify.checking import BadTemplates, checked, unspoken
from shared.config import (
    BadSettings,
    IntakeSettings,
    NotifySettings,
    RoutingSettings,
    Settings,
    read,
)
from shared.errors import Transient
from shared.mongo import open_client

KINDS: Final[tuple[type[Settings], ...]] = (IntakeSettings, RoutingSettings, NotifySettings)

Tell = Callable[[Finding], object]


async def examine(now: Callable[[], datetime], tell: Tell) -> int:
    """Tell what is found, as it is found. Returns the status to end with: 1 if a fault is."""
    faults = list(dict.fromkeys(_bad_settings()))
    if faults:
        return _told(
            tell, [Finding("fault", one, "Nothing else is looked at until then") for one in faults]
        )
    settings = read(NotifySettings)
    status = _told(tell, [Finding("ok", "settings: those of all services can be read")])
    today = now().astimezone(settings.library.library.zone).date()
    status |= _told(tell, of_library(settings.library, today))
    status |= _told(tell, _letters(settings))
    status |= await _mongodb(settings, now, tell)
    status |= _told(tell, [await of_rabbitmq(settings.amqp_url)])
    return status | _told(tell, [await of_relay(settings.relay)])


def _bad_settings() -> Iterator[str]:
    for kind in KINDS:
        try:
            read(kind)
        except BadSettings as error:
            yield from str(error).splitlines()


def _letters(settings: NotifySettings) -> Iterator[Finding]:
    """Whether notify has words for all that it may have to say."""
    try:
        words = checked(settings.library, settings.own_templates)
    except BadTemplates as error:
        for fault in str(error).splitlines():
            yield Finding("fault", f"letters: {fault}", "notify does not start until then")
        return
    missing = unspoken(settings.library, words)
    languages = sorted({language for _, language in words.known})
    what = f"letters: all can be written, in {', '.join(languages)}"
    if not missing:
        yield Finding("ok", what)
        return
    fall_back = f"{what}; not all in {', '.join(missing)}, whose patrons get another language"
    yield Finding("warning", fall_back, "Add them in TEMPLATES_DIR")


async def _mongodb(settings: Settings, now: Callable[[], datetime], tell: Tell) -> int:
    """The staff are known only where it answers."""
    client = open_client(settings.mongodb_uri)
    try:
        found = [one async for one in of_mongodb(client, now)]
        staff = await Office(client[settings.mongodb_database]).staff()
    except Transient as error:
        do = "Is MONGODB_URI right, and MongoDB running? Staff were not looked at"
        return _told(tell, [Finding("fault", f"MongoDB: no answer ({error})", do)])
    finally:
        client.close()
    return _told(tell, [*found, *of_staff(settings.library, staff)])


def _told(tell: Tell, findings: Iterable[Finding]) -> int:
    status = 0
    for one in findings:
        tell(one)
        status |= one.state == "fault"
    return status
