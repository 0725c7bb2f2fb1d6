"""A librarian's morning, as a program. It needs nothing but Python.

    DESK_TOKEN=… python examples/morning.py

`DESK_TOKEN` is a staff token (`desk token staff`, or what `make run` prints), `DESK_API` where
routing is, if not at http://127.0.0.1:8082. Three tickets of yours make a whole morning: one is
answered, one handed to a colleague, one set waiting. It really does that, and the patron of the
first really gets the answer.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from email.message import Message
from typing import Any, Final

API: Final = os.environ.get("DESK_API", "http://127.0.0.1:8082")
PATIENCE: Final = 3
"""How often a request is sent again that can't be served just now."""


@dataclass(frozen=True)
class Answer:
    """What the API said."""

    status: int
    said: Any
    headers: Message

    @property
    def etag(self) -> str:
        """The version of the ticket that was shown: what the next change has to name."""
        return str(self.headers["ETag"])


def ask(method: str, path: str, body: Any = None, **headers: str) -> Answer:
    """One request. What can't be served just now (429, 503) is sent again when the API says so: a
    change under the same Idempotency-Key is done once, however often it is sent."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent["Authorization"] = f"Bearer {os.environ['DESK_TOKEN']}"
    data = None if body is None else json.dumps(body).encode()
    if data is not None:
        sent["Content-Type"] = "application/json"
    for _ in range(PATIENCE):
        request = urllib.request.Request(f"{API}{path}", data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, json.load(answer), answer.headers)
        except urllib.error.HTTPError as problem:
            found = Answer(problem.code, json.load(problem), problem.headers)
        if found.status not in {429, 503}:
            return found
        time.sleep(int(found.headers.get("Retry-After", "5")))
    return found


def done(answer: Answer) -> Answer:
    """An answer that has to be good."""
    if answer.status >= 400:
        sys.exit(f"{answer.status} {answer.said['type']}: {answer.said['title']}")
    return answer


def change(reference: str, action: str, body: Any, etag: str) -> Answer:
    """One change of a ticket, as it was seen (`If-Match`), and done once (`Idempotency-Key`)."""
    return ask(
        "POST",
        f"/v1/tickets/{reference}/{action}",
        body,
        If_Match=etag,
        Idempotency_Key=str(uuid.uuid4()),
    )


def my_queue() -> list[Any]:
    """What is mine and waits for me, what is due first before the rest."""
    found = done(ask("GET", "/v1/tickets?owner=me&status=assigned&sort=due&limit=10")).said
    print(f"My queue: {len(found['items'])}{' and more' if found['next'] else ''}")
    for one in found["items"]:
        due = one["promise"]["due_at"] if one["promise"] else "nothing promised"
        print(f"  {one['reference']}  {due}  {one['subject']}")
    return list(found["items"])


def read(reference: str) -> Answer:
    """The whole ticket; the newest words of the patron are shown."""
    ticket = done(ask("GET", f"/v1/tickets/{reference}"))
    letters = [one for one in ticket.said["messages"] if one["direction"] == "in"]
    print(f"Read: {reference}, version {ticket.said['version']}")
    for line in letters[-1]["text"].splitlines() if letters else ():
        print(f"  > {line}")
    return ticket


def look_at_similar(reference: str) -> None:
    """What others were told, so that nobody is told something else."""
    found = done(ask("GET", f"/v1/tickets/{reference}/similar")).said
    print(f"Similar: {len(found['items'])}")
    for one in found["items"]:
        print(f"  {one['reference']}  {one['score']:.2f}  {one['answer'] or 'not answered yet'}")
    for one in found["warnings"]:
        print(f"  Mind: {one['kind']} {' '.join(one['references'])}")


def answer_it(reference: str) -> None:
    """Read, claim, look what others were told, reply, and resolve."""
    seen = read(reference)
    claimed = done(change(reference, "claim", {}, seen.etag))
    print(f"Claimed: {claimed.said['owner']['name']}")
    look_at_similar(reference)
    words = {"text": "Thank you for asking. We are open on Saturdays from ten to four."}
    path, key = f"/v1/tickets/{reference}/reply", str(uuid.uuid4())
    replied = done(ask("POST", path, words, If_Match=claimed.etag, Idempotency_Key=key))
    # The connection broke before the answer was there? The same again is still one letter.
    again = done(ask("POST", path, words, If_Match=claimed.etag, Idempotency_Key=key))
    print(f"Replied once: version {replied.said['version']}, and {again.said['version']} again")
    # Somebody who still sees what I have claimed is told what happened since, and changes nothing.
    stale = change(reference, "note", {"text": "I'll answer this one."}, claimed.etag)
    print(f"Stale: {stale.status}, since then: {', '.join(e['event'] for e in changed(stale))}")
    resolved = done(change(reference, "resolve", {}, replied.etag))
    print(f"Resolved: {resolved.said['status']}, the promise {resolved.said['promise']['state']}")


def changed(stale: Answer) -> list[Any]:
    """What a `412` says that has happened since."""
    return list(stale.said.get("changed", ()))


def hand_over(reference: str) -> None:
    """To the first colleague who is here."""
    me = done(ask("GET", "/v1/me")).said["id"]
    staff = done(ask("GET", "/v1/staff")).said["items"]
    here = [one for one in staff if one["id"] != me and not one["is_away"]]
    if not here:
        print("Handed over: nobody else is here")
        return
    given = done(change(reference, "assign", {"owner": here[0]["id"]}, read(reference).etag))
    print(f"Handed over: {reference} to {given.said['owner']['name']}")


def set_waiting(reference: str) -> None:
    """The next step is the patron's."""
    waiting = done(change(reference, "wait", {"for": "patron"}, read(reference).etag))
    print(f"Waiting: {reference} {waiting.said['status']}")


def look_at_the_quarantine() -> None:
    """Letters that nobody could read, or that were too many: a person has to look."""
    found = done(ask("GET", "/v1/quarantine?limit=10")).said["items"]
    print(f"Quarantine: {len(found)}")
    for one in found:
        print(f"  {one['id'][:12]}  {one['reason']}  {one['subject']}")


def main() -> None:
    """The whole morning."""
    if "DESK_TOKEN" not in os.environ:
        sys.exit("Set DESK_TOKEN: `desk token staff ADDRESS` makes one")
    steps = (answer_it, hand_over, set_waiting)
    for step, ticket in zip(steps, my_queue(), strict=False):
        step(ticket["reference"])
    look_at_the_quarantine()


if __name__ == "__main__":
    main()
