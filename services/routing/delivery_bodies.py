"""What the routes of deliveries take and give, as models for the description. Pure."""

from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from services.routing.answers import Answer
from services.routing.conversion_bodies import ConversionAnswer, WishesIn
from services.routing.deliveries.delivery import Handover, Pace
from services.routing.deliveries.item import Plan, State
from shared.addresses import checked_address
from shared.moments import Moment


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Line = Annotated[str, Field(max_length=300)]
Words = Annotated[str, Field(max_length=2000)]
Reason = Annotated[
    str,
    Field(min_length=1, max_length=1000, pattern=r"\S", examples=["Pages 10 to 20 are missing"]),
]
Override = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]
Number = Annotated[int, Field(ge=1, le=10_000, examples=[1])]
Numbers = Annotated[list[Number], Field(min_length=1, max_length=200, examples=[[1, 2]])]
Named = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9a-f]+$")]
FileId = Annotated[str, Field(min_length=1, max_length=64, examples=["0f" * 16])]


class DeliveryIn(_Body):
    """`POST …/deliveries`: in which form, by when, and how they get it. Format, wishes, needs,
    handover and pace that are not there are as in the patron's last delivery (but nobody comes to
    them unasked). If nobody knows the format, the patron is asked, once."""

    format: Annotated[str, Field(min_length=1, max_length=100, examples=["large print"])] | None = (
        None
    )
    """What the ticket says, if it is not said here."""
    wishes: Annotated[
        WishesIn | None, Field(examples=[{"format": "large_print", "point_size": 24}])
    ] = None
    """How a conversion makes it, if nothing else is said there: format, point size, braille grade
    or table, … ."""
    needs: Words = ""
    """What else a copy must have for this patron; told to nobody outside."""
    rights: Words = ""
    """On what ground copies may be made and asked for; without it no publisher is asked."""
    handover: Annotated[Handover, Field(strict=False)] = Handover.MAIL
    pace: Annotated[Pace, Field(strict=False)] = Pace.EACH
    place: Line = ""
    meet_at: Moment | None = None
    needed_by: Moment | None = None


class DeliveryChangeIn(_Body):
    """`…/change`: fields that are not there stay as they are; wishes of another format than the
    new one are gone."""

    format: Annotated[str, Field(min_length=1, max_length=100, examples=["large print"])] | None = (
        None
    )
    wishes: Annotated[WishesIn | None, Field(examples=[{"format": "brf", "braille_grade": 1}])] = (
        None
    )
    needs: Words = ""
    rights: Words = ""
    handover: Annotated[Handover, Field(strict=False)] = Handover.MAIL
    pace: Annotated[Pace, Field(strict=False)] = Pace.EACH
    place: Line = ""
    meet_at: Moment | None = None
    needed_by: Moment | None = None


class ListIn(_Body):
    """`…/list`: one of these. `text`: references, ISBNs, DOIs as somebody wrote them, a line or a
    paragraph each, or BibTeX or RIS. `file`: a list that is attached to the ticket, or that you
    uploaded for it: DOCX, XLSX, ODT, ODS, CSV, BibTeX, RIS or text. `catalogue`: what the
    catalogue's integration said that the ticket's enquiries are about."""

    text: (
        Annotated[
            str,
            Field(
                min_length=1, max_length=100_000, examples=["Jones, A. (2019). Rivers of Gwynedd."]
            ),
        ]
        | None
    ) = None
    file: Annotated[str, Field(min_length=1, max_length=80, examples=["0f0f.0"])] | None = None
    catalogue: bool = False


class WorkIn(_Body):
    """What is wanted."""

    title: Annotated[str, Field(min_length=1, max_length=300, examples=["Rivers of Gwynedd"])]
    authors: Line = ""
    year: Annotated[str, Field(max_length=20)] = ""
    isbn: Annotated[str, Field(max_length=20)] = ""
    doi: Line = ""
    url: Line = ""
    written: Line = ""


class ItemIn(WorkIn):
    """An item that somebody has looked over."""

    plan: Annotated[Plan, Field(strict=False)] | None = None
    needed_by: Moment | None = None


class ItemsIn(_Body):
    """`…/items`: more that is wanted."""

    items: Annotated[list[ItemIn], Field(min_length=1, max_length=200)]


class NumbersIn(_Body):
    """Which items."""

    items: Numbers


class FindIn(NumbersIn):
    """`…/find`: how they are to be had."""

    plan: Annotated[Plan, Field(strict=False)]


class AskIn(NumbersIn):
    """`…/ask`: which publisher, and what is said to them besides."""

    publisher: Annotated[Named, Field(examples=["0f" * 16])]
    words: Words = ""


class ChaseIn(NumbersIn):
    """`…/chase`: what is said to them besides."""

    words: Words = ""


class WithdrawIn(NumbersIn):
    """`…/withdraw`: why they are not wanted any more."""

    reason: Reason


class NumberIn(_Body):
    """Which item."""

    item: Number


class ReadyIn(NumberIn):
    """`…/ready`: the copy, as it was uploaded (`…/attachments`), or was converted; a thing on paper
    has none."""

    file: FileId | None = None
    """What was converted, if it is not said."""
    override: Annotated[Override, Field(examples=["I have read it through"])] | None = None
    """Why a converted copy whose checks failed is good for this patron."""


class FaultIn(NumberIn):
    """`…/send_back`, `…/did_not_work`: what is wrong with it."""

    reason: Reason


class CannotIn(NumberIn):
    """`…/cannot`: why it can't be had, and what is offered instead; the patron is told both."""

    reason: Reason
    alternative: Words = ""


class PutOffIn(NumberIn):
    """`…/put_off`: when there is something to do about it next."""

    until: Moment


class PublisherIn(_Body):
    """A publisher: where they are written to, and in which language."""

    name: Annotated[
        str, Field(min_length=1, max_length=200, pattern=r"\S", examples=["Gwasg Afon"])
    ]
    address: Annotated[
        str,
        Field(max_length=254, examples=["rights@gwasg-afon.example"]),
        AfterValidator(checked_address),
    ]
    language: Annotated[str, Field(max_length=3, pattern=r"^[a-z]{2,3}$", examples=["cy"])] = "en"
    note: Words = ""


class WorkAnswer(Answer):
    """What is wanted."""

    title: str
    authors: str
    year: str
    isbn: str
    doi: str
    url: str
    written: str


class ProposalsAnswer(Answer):
    """What a list was read as: nothing of it is kept until it is sent as items."""

    items: list[WorkAnswer]


class TryAnswer(Answer):
    """That a publisher was asked, and how that went; `had` null: not decided."""

    publisher: str
    since: AwareDatetime
    asks: int
    last_at: AwareDatetime | None
    heard_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    had: bool | None


class DeliveryItemAnswer(Answer):
    """An item. `next_at`: when the desk does something about it; null: it is at its end."""

    number: int
    work: WorkAnswer
    state: State
    since: AwareDatetime
    next_at: AwareDatetime | None
    plan: Plan | None
    needed_by: AwareDatetime | None
    is_first: bool
    needs_somebody: bool
    asks: int
    tries: list[TryAnswer]
    expected_at: AwareDatetime | None
    reason: str
    alternative: str
    faults: int
    attachment: Annotated[str | None, Field(examples=["0f0f.0"])]
    conversion: ConversionAnswer | None


class OutlookAnswer(Answer):
    """How it stands, by the numbers of its items."""

    first: list[int]
    there: list[int]
    to_come: list[int]
    cannot: list[int]
    withdrawn: list[int]
    by_date: list[int]
    offer_hand: bool


class DeliveryAnswer(Answer):
    """A delivery with its items. `version` is its ticket's, and its ETag. `format_by` set: nobody
    knows the format yet; the patron was asked, and somebody is reminded then."""

    id: str
    version: int
    format: str
    wishes: dict[str, Any]
    format_by: AwareDatetime | None
    needs: str
    rights: str
    handover: Handover
    pace: Pace
    place: str
    meet_at: AwareDatetime | None
    needed_by: AwareDatetime | None
    opened_at: AwareDatetime
    opened_by: str
    next_at: AwareDatetime | None
    accounted_at: AwareDatetime | None
    items: list[DeliveryItemAnswer]
    outlook: OutlookAnswer


class DeliveriesAnswer(Answer):
    """All deliveries of a ticket."""

    items: list[DeliveryAnswer]
    next: None


class PublisherAnswer(Answer):
    """A publisher, and how they did: `median_days` and `share` null: too little is known."""

    id: str
    version: int
    name: str
    address: str
    language: str
    note: str
    asked: int
    had: int
    refused: int
    median_days: float | None
    share: float | None


class PublishersAnswer(Answer):
    """All of them, by name."""

    items: list[PublisherAnswer]
    next: None
