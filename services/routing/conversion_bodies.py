"""What the routes of conversions take and give, as models for the description. Pure."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.routing.answers import Answer

Format = Literal["html", "pdf", "large_print", "epub", "docx", "text", "brf", "pef", "mp3", "daisy"]
"""What a file can be made into: as notify knows them (`services/notify/formats/options.py`)."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


_Item = Annotated[int, Field(ge=1, le=10_000, examples=[1])]


class WishesIn(_Body):
    """How it shall be; what is not said is as the delivery's own format says, or as usual."""

    format: Format | None = None
    language: (
        Annotated[
            str,
            Field(
                max_length=20, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", examples=["cy"]
            ),
        ]
        | None
    ) = None
    """Of a document that does not say its own; that of the ticket, if it is not said here."""
    point_size: Annotated[float, Field(strict=False, ge=12, le=72, examples=[24])] | None = None
    """Of large print: no letter is smaller."""
    braille_grade: Annotated[int, Field(ge=1, le=2)] | None = None
    braille_table: (
        Annotated[
            str, Field(max_length=60, pattern=r"^[A-Za-z0-9_.-]*$", examples=["en-ueb-g2.ctb"])
        ]
        | None
    ) = None
    """One of liblouis's, in place of that of language and grade."""
    cells: Annotated[int, Field(ge=20, le=60, examples=[40])] | None = None
    lines: Annotated[int, Field(ge=10, le=50, examples=[25])] | None = None
    words_a_minute: Annotated[int, Field(ge=80, le=400, examples=[165])] | None = None


class ConvertIn(WishesIn):
    """`…/convert`: of which item, and which file: one of the ticket's, or one just uploaded."""

    item: _Item
    attachment: (
        Annotated[str, Field(min_length=1, max_length=70, examples=["0f" * 16 + ".0"])] | None
    ) = None
    """One that came with a letter, or was kept for the item before (`GET /v1/attachments/{id}`)."""
    file: Annotated[str, Field(min_length=1, max_length=64, examples=["0f" * 16])] | None = None
    """One that was uploaded for it (`…/attachments`)."""


class CancelIn(_Body):
    """`…/cancel_conversion`: of which item, and why."""

    item: _Item
    reason: Annotated[
        str,
        Field(min_length=1, max_length=1000, pattern=r"\S", examples=["The wrong file"]),
    ]


class FoundAnswer(Answer):
    """What the check of a copy found; `is_failure`: it goes by somebody's word alone."""

    kind: str
    words: str
    count: int
    is_failure: bool


class ProgressAnswer(Answer):
    """How far it is: pages, or passages; `of` 0: that can't be told."""

    step: Annotated[str, Field(examples=["reading"])]
    done: Annotated[int, Field(examples=[120])]
    of: Annotated[int, Field(examples=[400])]


class ConversionAnswer(Answer):
    """That a file is made into the patron's format. `source` and `result` are attachments;
    `reason` is one word for why it failed, `said` the same for staff, `for_patron` for a letter in
    the ticket's language (null: the fault is on our side). `pages` null: it has none."""

    id: str
    source: str
    wishes: dict[str, Any]
    by: str
    began_at: AwareDatetime
    ended_at: AwareDatetime | None
    state: Literal["waiting", "converting", "made", "failed", "cancelled"]
    progress: ProgressAnswer | None
    result: str | None
    is_sendable: bool | None
    findings: list[FoundAnswer]
    pages: int | None
    reason: str | None
    said: str | None
    for_patron: str | None
