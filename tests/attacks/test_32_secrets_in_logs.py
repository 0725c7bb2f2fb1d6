"""Class 32: secrets and patrons' words in the logs. After a run in which services are killed, the
relay refuses and what comes in is hostile, none of them is in any line of any service."""

import asyncio
from typing import Final
from urllib.parse import quote

import aiosmtplib

from tests.builders import mail, with_files
from tests.keeper import kept_alive
from tests.stage import SECRET, Stage, until

PASSWORD: Final = "canary-password"
WORDS: Final = {
    "name": "Canaryname Example",
    "sender": "canary.address@patrons.example",
    "subject": "Canarysubject of a person",
    "text": "Canarytext that nobody else may read",
}
FILE: Final = "canaryfile.exe"
HOSTILE: Final = (
    b"From: Canaryname <canary.address@patrons.example>\r\n%s\r\nSubject: Canarysubject\r\n\r\n"
    b"Canarytext\r\n"
)


async def test_no_line_of_any_log_has_a_canary(stage: Stage) -> None:
    relay = f"smtp://canary:{quote(PASSWORD)}@127.0.0.1:{stage.relay.port}"
    await stage.open(LOG_LEVEL="debug")
    refusing = stage.add("notify", LOG_LEVEL="debug", SMTP_RELAY_URL=relay)
    refusing.start()
    await stage.ready()
    stage.relay.answer = "550 5.1.1 <canary.address@patrons.example> Canarysubject"
    body = {
        "patron": {"name": WORDS["name"], "email": WORDS["sender"]},
        "subject": WORDS["subject"],
        "body": WORDS["text"],
    }
    async with kept_alive(stage):
        for number, name in enumerate(("intake", "routing", "notify")):
            await _until_kept(stage, with_files(mail(**WORDS), {FILE: b"MZ\0canaryfile"}))
            await _until_kept(stage, HOSTILE % b"Content-Type: text/html; name=canaryfile")
            await _until_kept(stage, HOSTILE % (b"X-H: canary\r\n" * 6000))
            for one in stage.services[name]:
                one.kill()
            await stage.ready()
            await stage.catalogue("POST", "/v1/enquiries", body, Idempotency_Key=f"canary{number}")
            await stage.catalogue("POST", "/v1/enquiries", body | {"topic": "canary"})
            await stage.catalogue("GET", "/v1/enquiries/canary", Authorization="Bearer canary")
            await stage.api("GET", "/v1/tickets?team=canary&cursor=canary")

    # It can log in nowhere: what it takes is put off for longer each time.
    refusing.kill()

    async def all_are_decided() -> bool:
        rows = await stage.stored("notices")
        return bool(rows) and all(one["state"] in {"refused", "suppressed"} for one in rows)

    await until(all_are_decided, 60)
    logs = {one.name: one.read_bytes().lower() for one in stage.folder.glob("*.log")}
    assert len(logs) == 4
    assert all(b"service_started" in one for one in logs.values())
    assert b"notice_refused" in b"".join(logs.values()), "what was refused was told"
    assert b"notice_deferred" in b"".join(logs.values()), "one could not log in"
    assert b"letter_quarantined" in b"".join(logs.values())
    secrets = [SECRET, stage.key, stage.token, "canary", WORDS["text"]]
    hits = {
        (name, one) for name, log in logs.items() for one in secrets if one.lower().encode() in log
    }
    assert not hits


async def _until_kept(stage: Stage, raw: bytes) -> None:
    """As a mail server sends it."""
    async with asyncio.timeout(60):
        while True:
            try:
                await stage.mail(raw, WORDS["sender"])
                return
            except (aiosmtplib.SMTPException, OSError):
                await asyncio.sleep(0.1)
