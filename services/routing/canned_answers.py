"""The staff's canned answers: `/v1/answers`. They are texts that a person sends, changed or not:
nothing here sends anything."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

import structlog
from aiohttp import web
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from services.routing.answers import Answer, Cursor, Language, TopicId, WhoAnswer
from services.routing.canned import fault, fill, folded, is_unfilled, language_for, words_of
from services.routing.canned_store import Answers
from services.routing.canned_tone import CannedFinding, warnings
from services.routing.changes import Counter, if_match
from services.routing.listing import cursor_of, limit_of, place_of
from services.routing.once import BODY, cause_of, used_before
from services.routing.questions import AnswersQuery
from services.routing.ticket import Ticket
from shared.described import About, Bytes
from shared.errors import Transient
from shared.keys import Caller, Scope
from shared.messages import derived_id
from shared.mongo import Document
from shared.problems import Problem, body_of, json_answer

log = structlog.get_logger()

_ONE: Final = "/v1/answers/{id}"
_PLACE: Final = re.compile(r"(\d{1,12}) ([0-9a-f]{1,64})", re.ASCII)
_MOST_WORDS: Final = 20


def _checked(text: str) -> str:
    if found := fault(text):
        raise ValueError(found)
    return text


Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=50_000,
        pattern=r"\S",
        examples=["Dear {patron}, we are open from ten to four. {owner}, {library}"],
    ),
    AfterValidator(_checked),
]


class AnswerIn(BaseModel):
    """An answer: what staff call it, and its text in each language."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S", examples=["Hours"])]
    texts: Annotated[
        dict[Annotated[str, Field(max_length=20)], Text],
        Field(min_length=1, max_length=20, examples=[{"en": "Dear {patron}, we open at ten."}]),
    ]
    """By language."""
    topic: Annotated[str, Field(max_length=200, examples=["general"])] | None = None


class PreviewIn(BaseModel):
    """`/preview`: for which ticket, and in which language if not in its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    reference: Annotated[str, Field(min_length=1, max_length=50, examples=["ENQ-7K3M-92Q2"])]
    language: Annotated[str, Field(max_length=20, examples=["en"])] | None = None


class ChangedAnswer(Answer):
    """Who wrote it as it stands, and when."""

    by: WhoAnswer
    at: AwareDatetime


class CannedAnswer(Answer):
    """A canned answer; `uses`: in how many replies."""

    id: Annotated[str, Field(examples=["0f" * 16])]
    version: Annotated[int, Field(description="Its ETag, without the quotation marks.")]
    title: Annotated[str, Field(examples=["Hours"])]
    texts: Annotated[dict[str, str], Field(examples=[{"en": "Dear {patron}, we open at ten."}])]
    topic: TopicId | None
    uses: int
    changed: ChangedAnswer


class SavedAnswer(CannedAnswer):
    """A canned answer as it was saved, and what should be looked at again in its words."""

    warnings: list[CannedFinding]


class CannedAnswers(Answer):
    """A page of them, the most used first."""

    items: list[CannedAnswer]
    next: Cursor | None


class PreviewAnswer(Answer):
    """It, filled in; `missing`: variables that nothing is known for."""

    language: Language
    text: str
    missing: Annotated[list[str], Field(examples=[["owner"]])]


async def check_use(counter: Counter, answer_id: str, text: str) -> None:
    """Raises: Problem 422: there is no such answer, or the text is not filled in."""
    if is_unfilled(text):
        raise Problem(422, "invalid", "A variable was not filled in", field="text")
    if await counter.every_ticket.answers.find(answer_id) is None:
        raise Problem(422, "invalid", "There is no such answer", field="answer")


async def count_use(counter: Counter, answer_id: str, cause: str) -> None:
    """The reply has been given: whether it could be counted changes nothing of it."""
    try:
        await counter.every_ticket.answers.count_use(answer_id, cause)
    except Transient as error:
        log.warning("use_uncounted", reason=str(error))


@dataclass(frozen=True)
class AnswerRoutes:
    """What the routes need."""

    counter: Counter

    @property
    def answers(self) -> Answers:
        return self.counter.every_ticket.answers

    async def list_answers(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/answers?q=&language=&limit=&cursor=`: those with such words, the most used
        first."""
        query = request.query
        limit, after = limit_of(query), _place_after(query.get("cursor"))
        words = folded(query.get("q", ""))[:_MOST_WORDS]
        found = await self.answers.page(words, query.get("language"), after, limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        following = cursor_of(None, f"{last['uses']} {last['_id']}") if last else None
        return json_answer({"items": [shown(one) for one in found[:limit]], "next": following})

    async def get_answer(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/answers/{id}`: with an ETag of its version."""
        return _told(await self._found(request))

    async def add(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST /v1/answers {"title", "texts": {language: text}, "topic"?}`: one more."""
        fields = self._fields(await body_of(request, AnswerIn), caller)
        asked = request.get(BODY)
        answer_id = derived_id(cause_of(request, caller), "answer")
        document: Document = {
            "_id": answer_id,
            "version": 1,
            "uses": 0,
            "counted": [],
            "asked": asked,
        }
        if not await self.answers.add({**document, **fields}):
            before = await self.answers.find(answer_id)
            if before is None or before["asked"] != asked:
                raise used_before()
            document, fields = before, {}
        log.info("answer_changed", by=caller.id, change="added")
        answer = await self._saved({**document, **fields}, 201)
        answer.headers["Location"] = f"/v1/answers/{answer_id}"
        return answer

    async def put(self, request: web.Request, caller: Caller) -> web.Response:
        """`PUT /v1/answers/{id}`: all of it anew, as it was seen."""
        fields = self._fields(await body_of(request, AnswerIn), caller)
        found = await self._found(request)
        seen = if_match(request, found["version"])
        if not await self.answers.change(found["_id"], seen, fields):
            raise await self._stale(request)
        log.info("answer_changed", by=caller.id, change="changed")
        return await self._saved(await self._found(request))

    async def remove(self, request: web.Request, caller: Caller) -> web.Response:
        """`DELETE /v1/answers/{id}`: nobody uses it again; what was sent stays."""
        found = await self._found(request)
        seen = if_match(request, found["version"])
        if not await self.answers.remove(found["_id"], seen):
            raise await self._stale(request)
        log.info("answer_changed", by=caller.id, change="removed")
        return web.Response(status=204)

    async def preview(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST /v1/answers/{id}/preview {"reference", "language"?}`: filled in for a ticket."""
        body = await body_of(request, PreviewIn)
        texts = {one["language"]: one["text"] for one in (await self._found(request))["texts"]}
        ticket = await self.counter.another(body.reference, "reference", caller)
        if body.language is not None and body.language not in texts:
            raise Problem(422, "invalid", "It has no text in that language", field="language")
        languages = self.counter.desk.library.library.languages
        language = body.language or language_for(ticket.language, texts, languages)
        read = {"_id": ticket.reference, "confidential": ticket.confidential}
        await self.counter.note_reading(caller, "preview", [read])
        filled = fill(texts[language], self._values(ticket, caller))
        return json_answer(
            {"language": language, "text": filled.text, "missing": list(filled.missing)}
        )

    def _values(self, ticket: Ticket, caller: Caller) -> Mapping[str, str | None]:
        owner = ticket.owner or caller
        return {
            "patron": ticket.patron.name.strip() or None,
            "reference": ticket.reference,
            "owner": self.counter.desk.roster.name_of(owner.id, owner.name),
            "library": self.counter.desk.library.library.name,
        }

    def _fields(self, body: AnswerIn, caller: Caller) -> Document:
        """Raises: Problem 422: the library has no such language or topic."""
        library = self.counter.desk.library
        strange = [one for one in body.texts if one not in library.library.languages]
        if strange:
            raise Problem(422, "invalid", "The library has no such language", field="texts")
        if body.topic is not None and body.topic not in {one.id for one in library.topics}:
            raise Problem(422, "invalid", "There is no such topic", field="topic")
        return {
            "title": body.title.strip(),
            "texts": [{"language": name, "text": text} for name, text in body.texts.items()],
            "languages": [*body.texts],
            "topic": body.topic,
            "words": words_of([body.title, *body.texts.values()]),
            "by": {"id": caller.id, "name": caller.name},
            "at": self.counter.desk.clock(),
        }

    async def _saved(self, found: Document, status: int = 200) -> web.Response:
        """It, with what is found in its words: it is saved all the same."""
        desk, texts = self.counter.desk, {one["language"]: one["text"] for one in found["texts"]}
        by_topic = {one.id: one.team for one in desk.library.topics}
        team = by_topic.get(found["topic"], desk.library.topics[0].team)
        calendar = desk.situation("check").calendar(team)
        seen = await asyncio.to_thread(warnings, texts, calendar, desk.clock())
        return _told(found, status, warnings=seen)

    async def _found(self, request: web.Request) -> Document:
        found = await self.answers.find(request.match_info["id"])
        if found is None:
            raise Problem(404, "not-found", "No such answer")
        return found

    async def _stale(self, request: web.Request) -> Problem:
        """412, with the answer as it is now: that is what changed since."""
        found = await self._found(request)
        return Problem(
            412,
            "stale",
            "The answer has changed since you read it",
            version=found["version"],
            answer=shown(found),
        )


def _place_after(cursor: str | None) -> tuple[int, str] | None:
    place = place_of(cursor)
    if place is None:
        return None
    known = _PLACE.fullmatch(place[1])
    if known is None:
        raise Problem(422, "invalid", "This cursor is none of ours", field="cursor")
    return int(known[1]), known[2]


def shown(found: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as clients read it."""
    return {
        "id": found["_id"],
        "version": found["version"],
        "title": found["title"],
        "texts": {one["language"]: one["text"] for one in found["texts"]},
        "topic": found["topic"],
        "uses": found["uses"],
        "changed": {"by": found["by"], "at": found["at"]},
    }


def _told(found: Mapping[str, Any], status: int = 200, **more: Any) -> web.Response:
    return json_answer({**shown(found), **more}, status, ETag=f'"{found["version"]}"')


def routes(counter: Counter) -> list[web.RouteDef]:
    """Every route, each with the scope that it needs."""
    these, scoped = AnswerRoutes(counter), counter.scoped
    read, write = Scope.TICKETS_READ, Scope.TICKETS_WRITE
    listed, whole = About(CannedAnswers, query=AnswersQuery), About(CannedAnswer, answers=("ETag",))
    key, seen, etag = ("Idempotency-Key",), ("If-Match",), ("ETag",)
    saved = About(SavedAnswer, takes=AnswerIn, answers=etag)
    new = replace(saved, status=201, may_have=key, answers=(*etag, "Location"))
    anew = replace(saved, wants=seen)
    gone = About(Bytes(()), status=204, wants=seen)
    shows = About(PreviewAnswer, takes=PreviewIn, may_have=key, problems=("erased",))
    return [
        web.get("/v1/answers", scoped(read, these.list_answers, listed)),
        web.post("/v1/answers", scoped(write, these.add, new)),
        web.get(_ONE, scoped(read, these.get_answer, whole)),
        web.put(_ONE, scoped(write, these.put, anew)),
        web.delete(_ONE, scoped(write, these.remove, gone)),
        web.post(f"{_ONE}/preview", scoped(read, these.preview, shows)),
    ]
