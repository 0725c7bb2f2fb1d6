"""What integrations post: each field checked and cleaned, and the letter that it becomes. Pure.

A field that is not known, of another type or too long is refused by name. It judges no words, and
believes a reference no more than a stranger's: whoever matches letters does.
"""

import base64
import binascii
import hashlib
import re
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from services.intake.item import (
    MOST_CHARACTERS,
    checked_isbn,
    checked_issn,
    checked_url,
    from_openurl,
    one_line,
)
from services.intake.letter import Letter
from shared.addresses import PATTERN, checked_address
from shared.attachments import attached_all
from shared.keys import Caller
from shared.preferences import IN_FORMAT
from shared.references import in_text

_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ].{5,30}", re.ASCII)


def _lines(text: str) -> str:
    """As it is, but for control characters."""
    cleaned = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not cleaned.strip():
        raise ValueError("no words")
    return cleaned


def _known(check: Any, what: str) -> AfterValidator:
    def checked(text: str) -> str:
        found: str | None = check(text)
        if found is None:
            raise ValueError(f"not {what}")
        return found

    return AfterValidator(checked)


def _reference(text: str) -> str | None:
    return next(iter(in_text(text)), None)


def _written(pattern: re.Pattern[str], what: str) -> BeforeValidator:
    """Pydantic would take a number for a moment too."""

    def checked(value: object) -> object:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(f"not {what}")
        return value

    return BeforeValidator(checked)


def _decoded(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("not base64")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64") from error


# What can't be seen in a line goes.
Line50 = Annotated[str, Field(max_length=50), AfterValidator(partial(one_line, most=50))]
Line200 = Annotated[str, Field(max_length=200), AfterValidator(partial(one_line, most=200))]
Line1000 = Annotated[str, Field(max_length=1000), AfterValidator(partial(one_line, most=1000))]
Address = Annotated[
    str,
    Field(
        max_length=254,
        examples=["rhian@patrons.example"],
        json_schema_extra={"pattern": f"^{PATTERN}$"},
    ),
    AfterValidator(checked_address),
]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", max_length=3, examples=["en"])]
Phone = Annotated[Line50, Field(examples=["01632 960000"])]
Day = Annotated[date, Field(strict=False), _written(_DATE, "a date such as 2026-12-01")]
Moment = Annotated[AwareDatetime, Field(strict=False), _written(_MOMENT, "a moment of RFC 3339")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PatronIn(_Body):
    """Who asks."""

    name: Annotated[Line200, Field(examples=["Rhian Example"])]
    email: Address
    language: Language | None = None
    phone: Phone | None = None
    format: Annotated[Line50, Field(examples=["large-print"], description=IN_FORMAT)] | None = None


Isbn = Annotated[
    str, Field(max_length=40, examples=["9780000000002"]), _known(checked_isbn, "an ISBN")
]
Issn = Annotated[str, Field(max_length=40, examples=["1234-5679"]), _known(checked_issn, "an ISSN")]
Url = Annotated[
    str,
    Field(max_length=2000, examples=["https://catalogue.llanfair.example/record/7"]),
    _known(checked_url, "an http or https address"),
]


class ItemIn(_Body):
    """What the enquiry is about, as the catalogue knows it."""

    title: Line1000 | None = None
    record_id: Line200 | None = None
    isbn: Isbn | None = None
    issn: Issn | None = None
    url: Url | None = None
    openurl: (
        Annotated[str, Field(max_length=MOST_CHARACTERS, examples=["rft.btitle=Old+Maps"])] | None
    ) = None

    def as_document(self) -> dict[str, Any]:
        """All of it together: what is named here comes before what the OpenURL says."""
        named = self.model_dump(exclude_none=True, exclude={"openurl"})
        return from_openurl(self.openurl or "").as_document() | {
            name: value for name, value in named.items() if value
        }


_BASE64: Final = {
    "type": "string",
    "contentEncoding": "base64",
    "pattern": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    "maxLength": 90_000_000,
    "examples": ["VG8gdGhlIGFyY2hpdmU="],
}
"""All of a request is at most `MAX_MESSAGE_BYTES`."""


class AttachmentIn(_Body):
    """A file; `content` in base64."""

    filename: Annotated[
        str,
        Field(max_length=255, examples=["map.txt"]),
        AfterValidator(partial(one_line, most=255)),
    ]
    content_type: Annotated[
        str,
        Field(max_length=100, examples=["text/plain"]),
        AfterValidator(partial(one_line, most=100)),
    ]
    content: Annotated[bytes, BeforeValidator(_decoded), WithJsonSchema(_BASE64)]


class EnquiryIn(_Body):
    """`POST /v1/enquiries`."""

    patron: PatronIn
    subject: Annotated[
        str,
        Field(max_length=500, examples=["Opening hours on Sunday"]),
        AfterValidator(partial(one_line, most=500)),
    ]
    body: Annotated[
        str,
        Field(min_length=1, max_length=100_000, examples=["When are you open?"]),
        AfterValidator(_lines),
    ]
    topic: Annotated[str, Field(max_length=50, examples=["general"])] | None = None
    needed_by: Day | None = None
    item: ItemIn | None = None
    attachments: Annotated[tuple[AttachmentIn, ...], Field(max_length=20, strict=False)] = ()


class ReachableIn(_Body):
    """Whom contact was lost with, as far as is known."""

    name: Line200 = ""
    email: Address | None = None
    phone: Phone | None = None
    language: Language | None = None


class ContactLostIn(_Body):
    """`POST /v1/contacts/lost`."""

    patron: ReachableIn = ReachableIn()
    channel: Annotated[
        str, Field(pattern=r"^[a-z][a-z-]{0,29}$", max_length=30, examples=["phone"])
    ]
    """`phone`, `chat`, …"""
    at: Moment | None = None
    reference: (
        Annotated[
            str,
            Field(max_length=40, examples=["ENQ-7K3M-92Q2"]),
            _known(_reference, "a reference"),
        ]
        | None
    ) = None
    note: (
        Annotated[
            str,
            Field(min_length=1, max_length=5_000, examples=["The line broke."]),
            AfterValidator(_lines),
        ]
        | None
    ) = None

    @property
    def is_reachable(self) -> bool:
        """Whether anything says who is to be called back."""
        return bool(self.patron.email or self.patron.phone or self.reference)


Path = Literal["enquiries", "contacts"]


def request_id(path: Path, caller: Caller, key: str, turn: int) -> str:
    """A letter's id: the same for the same Idempotency-Key of the same caller. `turn`: how often
    that key had come to the end of its life before."""
    parts = ["http", caller.id, key]
    parts += [path] if path != "enquiries" or turn else []
    parts += [str(turn)] if turn else []
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def enquiry_letter(body: EnquiryIn, raw: bytes, caller: Caller, at: datetime) -> Letter:
    """The letter that an enquiry is; its id is still to be given."""
    said: dict[str, Any] = body.model_dump(
        mode="json", exclude_none=True, include={"topic", "needed_by"}
    )
    said |= body.patron.model_dump(exclude_none=True, include={"language", "phone", "format"})
    item = body.item.as_document() if body.item else {}
    return Letter(
        id="",
        door="http",
        at=at,
        raw=raw,
        name=body.patron.name,
        address=body.patron.email,
        subject=body.subject,
        text=body.body,
        attachments=attached_all(
            (one.filename, one.content_type, one.content) for one in body.attachments
        ),
        asked=said | ({"item": item} if item else {}) | _whose(caller, raw),
    )


def contact_letter(body: ContactLostIn, raw: bytes, caller: Caller, at: datetime) -> Letter:
    """The task to call back, as a letter that staff can read; its id is still to be given."""
    patron = body.patron
    said: dict[str, Any] = {"channel": body.channel}
    said |= patron.model_dump(exclude_none=True, include={"language", "phone"})
    said |= {"names": body.reference} if body.reference else {}
    return Letter(
        id="",
        door="http",
        at=at,
        raw=raw,
        name=patron.name,
        address=patron.email,
        subject=f"Contact was lost ({body.channel})",
        text=_task(body, at),
        asked=said | _whose(caller, raw),
    )


def _task(body: ContactLostIn, at: datetime) -> str:
    patron = body.patron
    known = {
        "When": (body.at or at).isoformat(timespec="minutes"),
        "Name": patron.name,
        "Phone": patron.phone,
        "Email": patron.email,
        "About": body.reference,
    }
    lines = [f"{name}: {value}" for name, value in known.items() if value]
    note = ["", body.note] if body.note else []
    return "\n".join([f"Contact was lost ({body.channel}): to be made again.", *lines, *note])


def _whose(caller: Caller, raw: bytes) -> dict[str, Any]:
    return {"integration": caller.id, "body_digest": hashlib.sha256(raw).hexdigest()}
