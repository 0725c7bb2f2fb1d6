"""The page "How it was for you": `GET /survey/TOKEN` shows the two questions, `POST` takes the
answers. Looking changes nothing: mail scanners follow links.

"Thank you" is said only once the answer, and the event that tells routing, are durable. What is not
taken is shown again, with all that was typed and with the reason. A form proves nothing but its
link, and so needs no token of its own: it has no cookie that another site could make use of.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, Final, Protocol

import structlog
from aiohttp import web

from services.intake.letter import Letter
from services.intake.opinion import (
    MOST_WORDS,
    SCALE,
    Opinion,
    answered,
    faults,
    letter_of,
    may_answer,
    open_until,
    opinion_of,
)
from services.intake.patron_pages import (
    PATIENCE,
    Asked,
    Document,
    Handler,
    PatronPages,
    Serve,
)
from services.intake.posted import Limits, Posted, posted
from shared.allowances import Use
from shared.errors import Permanent, Transient
from shared.messages import EnquiryReceived, Message
from shared.patron_pages import STATUS_LASTS, status_link, survey_of
from shared.peer import Network, client_of

log = structlog.get_logger()

MOST_OF_A_CLIENT: Final = 60
"""Answers within an hour, be they taken or not."""
_HOUR: Final = timedelta(hours=1)
_MOST_BYTES: Final = 200_000
"""Of one form: far more than may be written, so that what is too long can be shown again."""
_TRIES: Final = 5
_STATUSES: Final = {"unreadable": 400, "slow": 408, "busy": 503, "files_large": 413}
_NOTICES: Final = {"files_large": "large"}


class Letters(Protocol):
    """Where answers are kept."""

    async def save(
        self, letter: Letter, reference: str | None, event: EnquiryReceived | None
    ) -> bool: ...


class Outbox(Protocol):
    """What sends the event once it is saved."""

    def send(self, document_id: str, messages: list[Message]) -> None: ...


class Allowances(Protocol):
    """How much each may have."""

    async def use(self, key: str, most: int, window: timedelta) -> Use: ...


@dataclass(frozen=True)
class Survey:
    """What the routes need."""

    pages: PatronPages
    letters: Letters
    outbox: Outbox
    allowances: Allowances
    trusted: tuple[Network, ...] = ()
    limits: Limits = field(default_factory=partial(Limits, _MOST_BYTES))

    async def show(self, _: web.Request, asked: Asked) -> web.Response:
        """`GET /survey/{token}`: the questions, with what was answered before."""
        answers = await self.pages.tickets.answers(asked.reached.reference)
        if not may_answer(asked.ticket, answers, self.pages.clock()):
            return self._thanks(asked, answers, is_over=True)
        return self._form(asked, answered(answers) or Opinion(), answers)

    async def thank(self, _: web.Request, asked: Asked) -> web.Response:
        """`GET /survey/{token}/thanks`: what was answered; who reloads it sends nothing again."""
        answers = await self.pages.tickets.answers(asked.reached.reference)
        if not answers:
            return self._form(asked, Opinion(), answers)
        may_change = may_answer(asked.ticket, answers, self.pages.clock())
        return self._thanks(asked, answers, is_over=not may_change)

    async def take(self, request: web.Request, asked: Asked) -> web.Response:
        """`POST /survey/{token}`: `303` once the answer is kept; else the form again."""
        client = client_of(
            request.remote, request.headers.getall("X-Forwarded-For", []), self.trusted
        )
        # Counted before a byte is read: what is faulty, or never ends, costs as much.
        used = await self.allowances.use(f"survey client {client}", MOST_OF_A_CLIENT, _HOUR)
        async with posted(request, self.limits, client) as sent:
            opinion = opinion_of(sent.fields)
            if not used.allowed:
                answer = self._again(asked, opinion, 429, "client")
                answer.headers["Retry-After"] = str(used.seconds)
                return answer
            return await self._taken(asked, opinion, sent)

    async def _taken(self, asked: Asked, opinion: Opinion, sent: Posted) -> web.Response:
        if sent.trouble is not None:
            notice = _NOTICES.get(sent.trouble, sent.trouble)
            return self._again(asked, opinion, _STATUSES[sent.trouble], notice)
        wrong = faults(opinion)
        if wrong:
            return self._form(asked, opinion, (), status=422, wrong=wrong)
        try:
            async with asyncio.timeout(PATIENCE):
                over = await self._keep(asked, opinion)
        except (Transient, TimeoutError) as error:
            log.warning("survey_refused", reason=str(error) or type(error).__name__)
            return self._again(asked, opinion, 503, "away")
        except Permanent as error:
            log.error("survey_refused", reason=str(error))
            return self._again(asked, opinion, 500, "away")
        if over is not None:
            return self._thanks(asked, over, is_over=True, status=409)
        there = f"/survey/{asked.token}/thanks?lang={asked.tongue.wished}"
        return self.pages.elsewhere(there)

    async def _keep(self, asked: Asked, opinion: Opinion) -> Sequence[Document] | None:
        """None: it is what counts now; else what does, for it can't be changed any more. The same
        answer again changes nothing; of two at one moment one is the first. Raises: Transient."""
        reference = asked.reached.reference
        for _ in range(_TRIES):
            answers = await self.pages.tickets.answers(reference)
            if answered(answers) == opinion:
                return None
            now = self.pages.clock()
            if not may_answer(asked.ticket, answers, now):
                return answers
            letter, event = letter_of(opinion, asked.ticket, len(answers) + 1, now)
            if await self.letters.save(letter, reference, event):
                self.outbox.send(letter.id, [event])
                log.info("survey_kept", reference=reference, letter_id=letter.id)
                return None
        raise Transient("it is answered elsewhere all the time")

    async def away(self, request: web.Request, asked: Asked) -> web.Response:
        """The database is away: what was typed is shown again."""
        async with posted(request, self.limits, "") as sent:
            return self._again(asked, opinion_of(sent.fields), 503, "away")

    def _again(self, asked: Asked, opinion: Opinion, status: int, notice: str) -> web.Response:
        log.info("survey_refused", reason=notice)
        return self._form(asked, opinion, (), status=status, notice=notice)

    def _form(
        self,
        asked: Asked,
        opinion: Opinion,
        answers: Sequence[Document],
        *,
        status: int = 200,
        **more: Any,
    ) -> web.Response:
        until = open_until(asked.ticket, answers)
        shown = {"wrong": {}, "notice": None, **more}
        return self.pages.html(
            "survey.html",
            asked.tongue,
            status,
            opinion=opinion,
            scale=SCALE,
            most=MOST_WORDS,
            there=f"/survey/{asked.token}",
            until=self._moment(until, asked),
            **shown,
        )

    def _thanks(
        self, asked: Asked, answers: Sequence[Document], *, is_over: bool, status: int = 200
    ) -> web.Response:
        since = self.pages.clock() + STATUS_LASTS
        return self.pages.html(
            "survey_thanks.html",
            asked.tongue,
            status,
            opinion=answered(answers) or Opinion(),
            is_over=is_over,
            there=f"/survey/{asked.token}",
            status_page=status_link(self.pages.seal, "", asked.reached.reference, since),
            until=self._moment(open_until(asked.ticket, answers), asked),
        )

    def _moment(self, at: Any, asked: Asked) -> dict[str, str] | None:
        return self.pages.pages.moment(at, asked.tongue.spoken) if at else None


def add_survey(app: web.Application, survey: Survey) -> None:
    """Add the routes; anybody who has a link may use them."""

    def route(serve: Serve, away: Serve | None = None) -> Handler:
        async def served(request: web.Request) -> web.Response:
            return await survey.pages.answer(request, survey_of, serve, away)

        return served

    app.add_routes(
        [
            web.get("/survey/{token}", route(survey.show)),
            web.post("/survey/{token}", route(survey.take, survey.away)),
            web.get("/survey/{token}/thanks", route(survey.thank)),
        ]
    )
