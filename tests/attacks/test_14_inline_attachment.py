"""An attachment that the browser shows in the desk's own place: CVE-2005-3895, CVE-2013-3372."""

from itertools import product
from typing import Final
from urllib.parse import quote

from tests.unit.routing.test_api import House, house
from tests.unit.routing.test_attachments import attach, fetch

__all__ = ["house"]
KINDS: Final = [
    *("text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml"),
    *("text/javascript", "application/javascript", "application/ecmascript", "text/css"),
    *("application/x-shockwave-flash", "application/java-archive", "text/xsl", "text/vbscript"),
    *("multipart/x-mixed-replace", "message/rfc822", "application/rss+xml", "text/cache-manifest"),
    *("application/x-executable", "application/hta", "application/pdf", "image/png", "image/gif"),
    *("image/jpeg", "image/webp", "text/plain", "text/HTML", "text/html; charset=utf-7", ""),
    *("application/octet-stream", "text/html\r\nX-Evil: 1", "application/mathml+xml", "font/woff"),
]
NAMES: Final = [
    *(
        "list.pdf",
        "a.html",
        'a"; filename="b.html',
        "a\\",
        'a\\"',
        "a;b=c",
        "a%22.html",
        "a\r\nX: y",
    ),
    *(
        "a\nContent-Type: text/html",
        "\x00",
        "tŷ.pdf",
        "图书.svg",
        "\u202efdp.exe",
        "../../x",
        "a'b''c",
    ),
]
HARMLESS: Final = frozenset(
    [
        "application/octet-stream",
        "application/pdf",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
        "text/plain",
    ]
)


def test_there_are_enough() -> None:
    assert len(set(KINDS)) == len(KINDS) >= 30


async def test_no_type_and_no_name_is_shown_in_place(house: House) -> None:
    for kind, name in product(KINDS, NAMES):
        attach(house, content_type=kind, filename=name)
        answer = await fetch(house)
        assert answer.status == 200
        assert answer.headers["Content-Type"] in HARMLESS, kind
        assert answer.headers.getall("X-Content-Type-Options") == ["nosniff"]
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert not {"X", "X-Evil"} & answer.headers.keys()
        [disposition] = answer.headers.getall("Content-Disposition")
        first, second, last = disposition.split("; ")
        assert first == "attachment"
        assert second.startswith('filename="')
        assert second.count('"') == 2
        assert "\\" not in second
        # RFC 8187 §3.2.1: what may stand there as it is.
        assert last == f"filename*=UTF-8''{quote(name, safe='')}"
