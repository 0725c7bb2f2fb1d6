"""A librarian sends a scan with an answer, and a film that is too large for a letter."""

import hashlib
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp

from tests.builders import mail
from tests.journeys.house import library_file
from tests.stage import Stage

PATRON = "rhian@patrons.example"
SCAN = b"%PDF-1.7 " + bytes(number % 251 for number in range(300_000))
FILM = bytes(range(256)) * 4096 * 20


async def uploaded(stage: Stage, reference: str, name: str, content: bytes) -> str:
    url = f"http://127.0.0.1:{stage.ports['routing']}/v1/tickets/{reference}/attachments"
    headers = {"Authorization": f"Bearer {stage.token}", "Content-Type": "application/pdf"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(url, params={"filename": name}, data=BytesIO(content)) as answer,
    ):
        assert answer.status == 201, await answer.text()
        return str((await answer.json())["id"])


async def fetched(stage: Stage, path: str) -> tuple[int, bytes, Any]:
    url = f"http://127.0.0.1:{stage.ports['intake']}{path}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.read(), answer.headers


async def test_a_small_file_is_in_the_letter_and_a_large_one_is_fetched(
    stage: Stage, tmp_path: Path
) -> None:
    file = Path(library_file(tmp_path))
    links = '\n[links]\naddress = "https://ask.llanfair.example"\ndays = 5\n'
    file.write_text(file.read_text(encoding="utf-8") + links, encoding="utf-8")
    await stage.open(LIBRARY_FILE=str(file))
    await stage.mail(mail(text="Have you the map and the film of the flood?"))
    reference = await stage.first_ticket()
    ids = [
        await uploaded(stage, reference, name, content)
        for name, content in (("Y map – tŷ.pdf", SCAN), ("film.mp4", FILM))
    ]
    _, _, seen = await stage.api("GET", f"/v1/tickets/{reference}")
    words = {"text": "Both are here.", "attachments": ids}
    status, ticket, _ = await stage.api(
        "POST", f"/v1/tickets/{reference}/reply", words, If_Match=seen["ETag"]
    )
    assert status == 200, ticket
    assert [one["filename"] for one in ticket["messages"][-1]["attachments"]] == [
        "Y map – tŷ.pdf",
        "film.mp4",
    ]

    letter = await stage.letter(PATRON, 2)
    [part] = [one for one in letter.message.walk() if one.get_filename()]
    assert part.get_payload(decode=True) == SCAN
    [link] = re.findall(r"https://ask\.llanfair\.example(/a/\S+)", letter.text)
    assert "film.mp4 (21 MB, works until" in letter.text

    for _ in range(2):  # a mail scanner has followed it before
        status, page, headers = await fetched(stage, link)
        assert (status, b"film.mp4" in page) == (200, True)
        assert b"This link works until" in page
        assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert "noindex" in headers["X-Robots-Tag"]
        status, film, headers = await fetched(stage, f"{link}/file")
        assert (status, hashlib.sha256(film).digest()) == (200, hashlib.sha256(FILM).digest())
        assert headers["Content-Disposition"].startswith("attachment;")
        assert "noindex" in headers["X-Robots-Tag"]
    assert (await fetched(stage, f"{link}a"))[0] == 404
