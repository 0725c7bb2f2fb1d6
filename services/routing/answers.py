"""What the staff's API answers, as models: the description is made from them. Pure.

Answers are not built from these: a contract test holds what is really answered against them, and
nothing that stands in an answer may be missing here.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.routing.promise import PromiseState
from services.routing.status import Status
from services.routing.urgency import Urgency


class Answer(BaseModel):
    """What all of them have: no field that is not described. They describe, and what makes them
    ready to read something is left until somebody asks for the description."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


Reference = Annotated[
    str, Field(pattern="^ENQ-[0-9A-Z]{4}-[0-9A-Z]{4}$", examples=["ENQ-7K3M-92Q2"])
]
StaffId = Annotated[str, Field(examples=["mair"])]
TeamId = Annotated[str, Field(examples=["enquiries"])]
TopicId = Annotated[str, Field(examples=["general"])]
Language = Annotated[str, Field(examples=["en"])]
Address = Annotated[str, Field(examples=["rhian@patrons.example"])]
Name = Annotated[str, Field(examples=["Rhian Example"])]
Cursor = Annotated[str, Field(description="For the next page; null: this is the last.")]


class WhoAnswer(Answer):
    """A staff member."""

    id: StaffId
    name: Annotated[str, Field(examples=["Mair Pretend"])]


class PatronAnswer(Answer):
    """Who asked."""

    name: Name
    address: Address | None


class PromiseShortAnswer(Answer):
    """What the patron was promised last."""

    due_at: AwareDatetime
    state: PromiseState


class EscalationAnswer(Answer):
    """That it went up: 1 to a colleague, 2 to the team's lead, from 3 up the ladder."""

    level: int
    reason: Annotated[str, Field(examples=["It needs the county archive"])]


class ItemAnswer(Answer):
    """A ticket as it stands in the queue."""

    reference: Reference
    version: Annotated[int, Field(description="The ticket's ETag, without its quotation marks.")]
    status: Status
    subject: Annotated[str, Field(examples=["Opening hours on Sunday"])]
    patron: PatronAnswer
    owner: WhoAnswer | None
    team: TeamId
    topic: TopicId
    language: Language
    format: Annotated[str, Field(examples=["large print"])] | None
    promise: PromiseShortAnswer | None
    escalation: EscalationAnswer | None
    urgency: Urgency
    needed_by: date | None
    tags: Annotated[list[str], Field(examples=[["interlibrary loan", "map"]])]
    created_at: AwareDatetime
    updated_at: AwareDatetime
    unread: bool
    confidential: bool


class PlaceAnswer(Answer):
    """Where words that were looked for stand, and what stands around the first of them."""

    where: Annotated[Literal["subject", "patron", "letter", "reply", "note"], Field(alias="in")]
    message: Annotated[str | None, Field(description="The id of the letter, reply or note.")]
    words: Annotated[list[str], Field(examples=[["books"]])]
    text: Annotated[str, Field(examples=["I lost two books on the train."])]


class FoundAnswer(ItemAnswer):
    """A ticket as it stands in the queue; if words were looked for, with where they are."""

    matched: list[PlaceAnswer] = []


class QueueAnswer(Answer):
    """A page of the queue."""

    items: list[FoundAnswer]
    next: Cursor | None


class LikeAnswer(Answer):
    """An enquiry that is like another one, and what was answered to it last."""

    reference: Reference
    score: Annotated[float, Field(ge=0, le=1, examples=[0.8], description="1: the same.")]
    text: Annotated[str, Field(examples=["When are you open on Sundays?"])]
    answer: Annotated[str, Field(examples=["From ten to four."])] | None
    answered_at: AwareDatetime | None


class WarningAnswer(Answer):
    """That patrons may be told different things."""

    kind: Literal["open_elsewhere", "answered_differently"]
    references: list[Reference]


class SimilarAnswer(Answer):
    """What was asked and answered before."""

    items: list[LikeAnswer]
    warnings: list[WarningAnswer]


class SenderAnswer(Answer):
    """Who wrote, as they write it; `can_answer`: whether mail can be sent there."""

    name: Name
    address: Address | None
    can_answer: bool


class AttachmentAnswer(Answer):
    """What came with a letter; its bytes are at `/v1/attachments/{id}`."""

    id: Annotated[str, Field(pattern="^[0-9a-f]{32,64}[.][0-9]{1,3}$", examples=[f"{'0f' * 32}.0"])]
    filename: Annotated[str, Field(examples=["map.pdf"])]
    content_type: Annotated[str, Field(examples=["application/pdf"])]
    size: int
    declared_type: str = "application/pdf"
    declared_name: str = "map.pdf"
    sha256: Annotated[str, Field(examples=["0f" * 32])] = ""
    inline: bool = False
    flags: list[str] = []
    state: Literal["unscanned", "held", "unscannable", "clean", "infected"] = "clean"
    finding: str | None = None
    text: str = ""
    withdrawn_at: Annotated[
        AwareDatetime | None, Field(description="Since when its link leads nowhere.")
    ] = None


class RemarkAnswer(Answer):
    """What could not be read as it should be: a lasting code, and a sentence."""

    code: Annotated[str, Field(examples=["date_odd"])]
    text: str


class TakenDownAnswer(Answer):
    """Who took it down, and how it was said."""

    by: WhoAnswer
    channel: Literal["phone", "desk", "chat", "post"]


class MessageAnswer(Answer):
    """What was said: by the patron (`in`), to the patron (`out`), among staff (`note`); or a copy
    of something, made for the patron (`copy`). `party`: who wrote, if it was not the patron."""

    id: str
    direction: Literal["in", "out", "note", "copy"]
    party: Literal["publisher"] | None = None
    sender: Annotated[SenderAnswer | WhoAnswer | None, Field(alias="from")]
    to: list[Address]
    at: AwareDatetime
    subject: str
    text: str
    attachments: list[AttachmentAnswer]
    automatic: bool
    new_text: str = "When are you open?"
    quoted_text: str = ""
    signature: str = ""
    html: str | None = None
    blocked_loads: int = 0
    sent_at: AwareDatetime | None = None
    remarks: list[RemarkAnswer] = []
    verdicts: dict[str, str | int] = {}
    sender_is_known: bool = True
    reply_to: str | None = None
    unreadable: str | None = None
    released: dict[str, Any] | None = None
    taken_down: TakenDownAnswer | None = None
    asked: dict[str, Any] = {}
    state: Annotated[str, Field(examples=["sent"])] = "queued"
    reason: Annotated[str | None, Field(examples=["the relay answered 451"])] = None
    next_try_at: AwareDatetime | None = None
    notice: Annotated[str, Field(examples=["acknowledgement"])] = ""


class TimelineAnswer(BaseModel):
    """What happened. What belongs to the event stands beside it."""

    model_config = ConfigDict(extra="allow")

    at: AwareDatetime
    event: Annotated[str, Field(examples=["claimed"])]
    by: Annotated[str, Field(examples=["mair"])]
    version: int = 1


class QueueLengthAnswer(Answer):
    """What a promise was made of: how many waited, and for how many people."""

    waiting: int
    people: int


class PromiseRowAnswer(Answer):
    """A row of the ledger: a promise made, or what became of it."""

    made_at: AwareDatetime
    due_at: AwareDatetime
    state: PromiseState
    reason: str | None = None
    settled_at: AwareDatetime | None = None
    is_late: bool = False
    is_first: bool = True
    queue: QueueLengthAnswer | None = None


class LinkAnswer(Answer):
    """Another ticket that has to do with this one."""

    kind: Annotated[str, Field(examples=["continues"])]
    reference: Reference


class HandoverAnswer(Answer):
    """That it was passed on, and not accepted yet."""

    companion: WhoAnswer | None
    accept_by: AwareDatetime


class AttemptAnswer(Answer):
    """One try to reach the patron."""

    at: AwareDatetime
    by: StaffId
    how: Annotated[str, Field(examples=["phone"])]


class WaysAnswer(Answer):
    """How the patron may be reached."""

    phone: list[str]
    mail: list[Address]


class ContactAnswer(Answer):
    """What the owner needs to make contact again."""

    since: AwareDatetime
    channel: Annotated[str, Field(examples=["phone"])]
    due_at: AwareDatetime | None
    attempts: list[AttemptAnswer]
    rests: bool
    ways: WaysAnswer
    say: str


class TicketAnswer(ItemAnswer):
    """A ticket with everything that was said about it."""

    messages: list[MessageAnswer]
    timeline: list[TimelineAnswer]
    promises: list[PromiseRowAnswer]
    links: list[LinkAnswer]
    why: Annotated[
        dict[str, list[str]], Field(examples=[{"owner": ["speaks en", "has the most room"]}])
    ]
    handover: HandoverAnswer | None
    contact: ContactAnswer | None
    praise: int
    cause: Annotated[str, Field(examples=["opening hours page wrong"])] | None


class AbsenceAnswer(Answer):
    """When somebody is not there; `until` null: until they come back."""

    since: AwareDatetime
    until: AwareDatetime | None


class AbsencesAnswer(Answer):
    """When I am not there, now and to come, the first first."""

    items: list[AbsenceAnswer]
    next: None


class MemberAnswer(Answer):
    """One of the staff; `open`: how many open tickets they have."""

    id: StaffId
    name: Annotated[str, Field(examples=["Mair Pretend"])]
    address: Annotated[str, Field(examples=["mair@llanfair.example"])]
    team: TeamId
    languages: list[Language]
    skills: list[TopicId]
    room: int | None
    open: int
    is_away: bool
    absences: list[AbsenceAnswer]


class StaffAnswer(Answer):
    """Everybody."""

    items: list[MemberAnswer]
    next: None


class TeamAnswer(Answer):
    """A team, and who is in it."""

    id: TeamId
    name: Annotated[str, Field(examples=["Enquiry Desk"])]
    is_open: bool
    lead: StaffId | None
    staff: list[StaffId]


class TeamsAnswer(Answer):
    """Every team."""

    items: list[TeamAnswer]
    next: None
