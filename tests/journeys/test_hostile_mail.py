"""Broken and hostile letters: each ends in one visible state, and costs its neighbours nothing."""

import asyncio

from tests.builders import mail
from tests.stage import Stage, until

HEAD = b"From: Mallory Example <%s>\r\nTo: enquiries@llanfair.example\r\n"
HOSTILE = {
    "half a character": b"Subject: =?utf-7?q?+2AA-?=\r\n\r\n+2AA-\r\n",
    "a charset that is none": b"Subject: =?undefined?q?a?=\r\n\r\nhello\r\n",
    "an escape as charset": b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\ud800\r\n",
    "NUL everywhere": b"Subject: a\x00b\r\n\r\nc\x00d\r\n",
    "no header at all": b"\r\nhello\r\n",
    "no blank line": b"Subject: only headers",
    "a multipart without boundary": b"Content-Type: multipart/mixed\r\n\r\nhello\r\n",
    "a Message-ID beyond ASCII": "Message-ID: <é@patrons.example>\r\n\r\nhello\r\n".encode(),
    "operators": b'Subject: {"$ne": 1}\r\n\r\n{"$where": "sleep(1)"}\r\n',
    "nested": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 300,
    "many headers": b"".join(b"X-H%d: y\r\n" % number for number in range(40_000)) + b"\r\n",
    "a long header": b"Content-Disposition: a" + b";" * 40_000 + b"\r\n\r\nhello\r\n",
}


async def test_each_is_kept_and_those_beside_it_too(stage: Stage) -> None:
    await stage.open()
    bad = [
        stage.mail(HEAD % b"mallory%d@patrons.example" % number + letter)
        for number, letter in enumerate(list(HOSTILE.values()) * 3)
    ]
    good = [
        stage.mail(mail(sender=f"patron{number}@patrons.example", subject=f"{number}"))
        for number in range(len(bad))
    ]
    mixed = [one for pair in zip(bad, good, strict=True) for one in pair]
    answers = await asyncio.gather(*mixed)
    assert all("Kept" in one for one in answers)

    async def all_acknowledged() -> bool:
        told = {one.to for one in stage.relay.delivered if one.to.startswith("patron")}
        return len(told) == len(good)

    await until(all_acknowledged)
    assert len(await stage.stored("messages")) == len(bad) + len(good)
    assert (await stage.desk("dead", "list")) == ""


async def test_a_letter_of_twenty_megabytes_is_kept_whole(stage: Stage) -> None:
    await stage.open()
    text = "A long story.\r\n" * 1_400_000
    await stage.mail(mail(text="x") + text.encode())
    await stage.letter("rhian@patrons.example")
    [kept] = await stage.stored("messages")
    assert "raw" not in kept
    assert sum(len(one["data"]) for one in await stage.stored("documents.chunks")) > 20_000_000
