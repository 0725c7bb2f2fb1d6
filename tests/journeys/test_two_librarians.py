"""Two people work the same queue, and never answer the same patron unknowingly."""

import asyncio

from tests.builders import mail
from tests.stage import Stage, until


async def _one_ticket(stage: Stage) -> tuple[str, str]:
    """A ticket's path, and its ETag."""
    await stage.open()
    await stage.mail(mail())

    async def there() -> bool:
        return len(await stage.tickets()) == 1

    await until(there)
    [item] = await stage.tickets()
    return f"/v1/tickets/{item['reference']}", f'"{item["version"]}"'


async def test_only_one_of_twenty_answers_on_the_same_view_goes_out(stage: Stage) -> None:
    path, etag = await _one_ticket(stage)
    answers = await asyncio.gather(
        *(
            stage.api("POST", f"{path}/reply", {"text": f"Answer {number}"}, If_Match=etag)
            for number in range(20)
        )
    )
    statuses = sorted(status for status, _, _ in answers)
    assert statuses == [200] + [412] * 19
    stale = next(body for status, body, _ in answers if status == 412)
    assert stale["type"] == "/problems/stale"
    assert stale["version"] == 2
    assert "replied" in {one["event"] for one in stale["changed"]}
    await stage.letter("rhian@patrons.example", 2)
    await asyncio.sleep(1)
    assert len(stage.relay.delivered) == 2, "the acknowledgement and one answer"


async def test_the_same_request_twice_is_one_answer(stage: Stage) -> None:
    path, etag = await _one_ticket(stage)
    for _ in range(3):
        status, body, _ = await stage.api(
            "POST", f"{path}/reply", {"text": "Once."}, If_Match=etag, Idempotency_Key="k-1"
        )
        assert (status, body["version"]) == (200, 2)
    await stage.letter("rhian@patrons.example", 2)
    await asyncio.sleep(1)
    assert len(stage.relay.delivered) == 2


async def test_the_same_request_many_times_at_the_same_moment_is_one_answer(stage: Stage) -> None:
    path, etag = await _one_ticket(stage)
    once = {"If_Match": etag, "Idempotency_Key": "k"}
    answers = await asyncio.gather(
        *(stage.api("POST", f"{path}/reply", {"text": "Once."}, **once) for _ in range(20))
    )
    assert {(status, body["version"]) for status, body, _ in answers} == {(200, 2)}
    await stage.letter("rhian@patrons.example", 2)
    await asyncio.sleep(1)
    assert len(stage.relay.delivered) == 2


async def test_words_that_were_corrected_go_out_corrected(stage: Stage) -> None:
    """The first try came too late; the second has other words under the same key."""
    path, etag = await _one_ticket(stage)
    _, noted, headers = await stage.api("POST", f"{path}/note", {"text": "Mind."}, If_Match=etag)
    assert noted["version"] == 2
    again = {"Idempotency_Key": "k-2"}
    status, _, _ = await stage.api(
        "POST", f"{path}/reply", {"text": "Wrong."}, If_Match=etag, **again
    )
    assert status == 412
    right = {"text": "Right."}
    status, said, _ = await stage.api(
        "POST", f"{path}/reply", right, If_Match=headers["ETag"], **again
    )
    assert status == 200
    letter = await stage.letter("rhian@patrons.example", 2)
    assert "Right." in letter.text
    assert "Wrong." not in letter.text
    status, said, _ = await stage.api(
        "POST", f"{path}/reply", {"text": "More."}, If_Match=headers["ETag"], **again
    )
    assert (status, said["type"]) == (422, "/problems/idempotency-key-used")


async def test_what_is_not_allowed_is_said_exactly(stage: Stage) -> None:
    path, etag = await _one_ticket(stage)
    api = stage.api
    cases = [
        (await api("POST", f"{path}/claim"), 428, "if-match"),
        (await api("POST", f"{path}/claim", If_Match='"77"'), 412, "stale"),
        (await api("POST", f"{path}/claim", If_Match="what"), 400, "if-match"),
        (await api("POST", f"{path}/claim", {"x": 1}, If_Match=etag), 422, "invalid"),
        (await api("POST", f"{path}/reopen", If_Match=etag), 409, "not-allowed"),
        (await api("POST", f"{path}/reply", {"text": ""}, If_Match=etag), 422, "invalid"),
        (await api("POST", f"{path}/reply", {"text": {"$ne": 1}}, If_Match=etag), 422, "invalid"),
        (await api("POST", f"{path}/assign", {"owner": "x"}, If_Match=etag), 422, "unknown-staff"),
        (await api("GET", "/v1/tickets/ENQ-0000-0001"), 404, "not-found"),
        (await api("GET", "/v1/tickets?status=strange"), 422, "invalid"),
        (await api("GET", "/v1/tickets?limit=0"), 422, "invalid"),
        (await api("GET", "/v1/tickets?cursor=%21"), 422, "invalid"),
        (await api("GET", "/v1/tickets?owner[$ne]=x"), 422, "invalid"),
        (await api("GET", "/v1/nowhere"), 404, "not-found"),
        (await api("DELETE", path), 405, "method-not-allowed"),
        (await api("GET", path, Authorization="Bearer wrong"), 401, "unauthorised"),
        (await api("GET", path, Authorization=f"Bearer {stage.key}"), 403, "scope"),
    ]
    for (status, body, headers), wanted, kind in cases:
        assert (status, body["type"]) == (wanted, f"/problems/{kind}")
        assert headers["Content-Type"].startswith("application/problem+json")
        assert body["status"] == wanted
    [item] = await stage.tickets()
    assert item["version"] == 1, "nothing was changed"


async def test_the_queue_is_paged_and_filtered(stage: Stage) -> None:
    await stage.open()
    for number in range(7):
        await stage.mail(mail(subject=f"Q{number}", sender=f"p{number}@patrons.example"))

    async def there() -> bool:
        return len(await stage.tickets()) == 7

    await until(there)
    seen: list[str] = []
    cursor = ""
    while True:
        _, page, _ = await stage.api("GET", f"/v1/tickets?limit=3{cursor}")
        seen += [one["reference"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == 7
    for query, count in {
        "owner=me": 7,
        "owner=none": 0,
        "status=new": 0,
        "team=enquiries": 7,
    }.items():
        _, page, _ = await stage.api("GET", f"/v1/tickets?{query}")
        assert len(page["items"]) == count, query
