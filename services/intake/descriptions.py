"""What the intake API takes and answers, as models: its description is made from them. Pure.

Answers are not built from these: tests hold what is really answered against them.
"""

from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.intake.bodies import ContactLostIn, EnquiryIn
from shared.described import About, Bytes
from shared.handing_out import SHOWN


class Answer(BaseModel):
    """What all of them have: no field that is not described."""

    model_config = ConfigDict(extra="forbid")


Reference = Annotated[
    str, Field(pattern="^ENQ-[0-9A-Z]{4}-[0-9A-Z]{4}$", examples=["ENQ-7K3M-92Q2"])
]


class KeptAnswer(Answer):
    """It is kept; `href` tells what becomes of it."""

    reference: Reference
    href: Annotated[str, Field(examples=["/v1/enquiries/ENQ-7K3M-92Q2"])]


class OwnerAnswer(Answer):
    """Who answers for it."""

    name: Annotated[str, Field(examples=["Mair Pretend"])]


class PromiseAnswer(Answer):
    """By when the patron will hear."""

    due_at: AwareDatetime


class EnquiryAnswer(Answer):
    """What became of an enquiry; owner and promise once it has them."""

    reference: Reference
    status: Literal[
        "new", "assigned", "waiting_patron", "waiting_third_party", "resolved", "closed"
    ]
    received_at: AwareDatetime
    owner: OwnerAnswer | None = None
    promise: PromiseAnswer | None = None


_KEY: Final = ("Idempotency-Key",)
ENQUIRY: Final = About(KeptAnswer, takes=EnquiryIn, status=202, wants=_KEY)
CONTACT: Final = About(KeptAnswer, takes=ContactLostIn, status=202, wants=_KEY)
STATE: Final = About(EnquiryAnswer)


class PageQuery(BaseModel):
    """A page for patrons."""

    lang: Annotated[str | None, Field(description="Its language; else the browser's.")] = None


_NO_PAGE: Final = "The link is wrong or too old, or its file was withdrawn or is gone."
FILE_PAGE: Final = About(Bytes(("text/html",)), query=PageQuery, no_page=_NO_PAGE)
FILE: Final = About(
    Bytes(("application/octet-stream", *sorted(SHOWN))),
    query=PageQuery,
    in_ranges=True,
    no_page=_NO_PAGE,
)
