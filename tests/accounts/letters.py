"""Messages of every kind that a desk gets, as bytes. The code of each is in its subject and its
words; everybody in them is made up."""

from base64 import encodebytes
from email.header import Header
from typing import Final

DESK: Final = "enquiries@llanfair.example"
TEAMS: Final = ("local-history@llanfair.example", "accessible@llanfair.example")
CHARSETS: Final = (
    ("utf-8", "Ble mae'r llyfrgell? Dŵr, tŷ, sŵn – ŷ"),
    ("iso-8859-1", "Où est la salle de lecture ? Ça a été déménagé."),
    ("windows-1252", "Wo ist der „Lesesaal“ – im ersten Stock?"),
    ("iso-2022-jp", "図書館はいつ開きますか"),
    ("gb18030", "图书馆几点开门"),
    ("koi8-r", "Когда открыта библиотека?"),
    ("windows-1256", "متى تفتح المكتبة؟"),
    ("shift_jis", "開館時間を教えてください"),
    ("euc-kr", "도서관은 언제 열어요"),
    ("utf-16", "Οι ώρες λειτουργίας"),
)


def plain(sender: str, code: str, *, subject: str = "", to: str = DESK, **headers: str) -> bytes:
    """A plain mail; `headers` with underscores for hyphens."""
    return _mail(sender, code, subject, to, headers, f"When are you open? {code}\r\n.\r\nThanks.")


def of_html(sender: str, code: str) -> bytes:
    """Written in HTML alone, with what HTML should not have."""
    words = f"<p>Is <b>this</b> still in print?<br>{code}</p><script>x()</script><img src=//x/y>"
    return _mail(sender, code, "", DESK, {"Content_Type": "text/html; charset=utf-8"}, words)


def in_charset(sender: str, code: str, number: int) -> bytes:
    """In one of the world's charsets, subject and all."""
    charset, words = CHARSETS[number % len(CHARSETS)]
    inside = "utf-8" if charset == "utf-16" else charset
    subject = Header(f"{words} {code}", inside, maxlinelen=60).encode(linesep="\r\n")
    more = f"text/plain; charset={charset}\r\nContent-Transfer-Encoding: base64"
    head = _head(sender, code, subject, DESK, {"Content_Type": more})
    return head + b"\r\n" + _base64(f"{words}\r\n{code}\r\n".encode(charset))


def with_files(sender: str, code: str, files: list[bytes]) -> bytes:
    """With so many attachments."""
    kind = 'multipart/mixed; boundary="cut"'
    head = _head(sender, code, f"Papers {code}", DESK, {"Content_Type": kind})
    parts = [b"Content-Type: text/plain\r\n\r\nSee what I found. " + code.encode()]
    parts += [_file(number, content) for number, content in enumerate(files)]
    return head + b"".join(b"\r\n--cut\r\n" + one for one in parts) + b"\r\n--cut--\r\n"


def without_sender(code: str) -> bytes:
    """Whose headers name nobody that could be answered."""
    return plain("", code).replace(b"From: Rhian Example <>\r\n", b"From: undisclosed:;\r\n")


def unreadable(sender: str, code: str, number: int) -> bytes:
    """What no parser should have to read."""
    bombs = (b"Content-Disposition: a" + b";" * 40_000, b"X: y\r\n" * 6_000 + b"X: y")
    return _head(sender, code, f"A question {code}", DESK, {}) + bombs[number % 2] + b"\r\n\r\nhi"


def automatic(sender: str, code: str, number: int, **headers: str) -> bytes:
    """What no person wrote."""
    signs = (
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.elsewhere.example>"},
        {"X_Autoreply": "yes"},
        {"X_Auto_Response_Suppress": "All"},
    )
    return plain(sender, code, **signs[number % len(signs)], **headers)


def bounce(code: str, about: str, to: str) -> bytes:
    """A letter with this Message-ID did not reach this address (RFC 3464)."""
    kind = "multipart/report; report-type=delivery-status; boundary=cut"
    head = _head("mailer-daemon@relay.example", code, f"Undelivered {code}", DESK, {})
    report = (
        f"Content-Type: {kind}\r\n\r\n--cut\r\nContent-Type: text/plain\r\n\r\nFailed. {code}\r\n"
        "--cut\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; relay.example\r\n\r\nFinal-Recipient: rfc822; {to}\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n\r\n--cut\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"From: {DESK}\r\nTo: {to}\r\nMessage-ID: {about}\r\n\r\n--cut--\r\n"
    )
    return head + report.encode()


def _file(number: int, content: bytes) -> bytes:
    name = f'attachment; filename="scan{number}.bin"'
    return (
        f"Content-Type: application/octet-stream\r\nContent-Disposition: {name}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + _base64(content)


def _base64(content: bytes) -> bytes:
    return encodebytes(content).replace(b"\n", b"\r\n")


def _mail(
    sender: str, code: str, subject: str, to: str, headers: dict[str, str], words: str
) -> bytes:
    head = _head(sender, code, subject or f"A question {code}", to, headers)
    return head + f"\r\n{words}\r\n".encode()


def _head(sender: str, code: str, subject: str, to: str, headers: dict[str, str]) -> bytes:
    """The header, without the empty line after it."""
    lines = [
        f"From: Rhian Example <{sender}>",
        f"To: {to}",
        f"Subject: {subject}",
        "Date: Sun, 22 Nov 2026 10:00:00 +0000",
        f"Message-ID: <{code}@patrons.example>",
        "MIME-Version: 1.0",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return "".join(f"{one}\r\n" for one in lines).encode()
