"""What a token may ask in a minute is counted for two copies of routing together."""

from typing import Final

import aiohttp

from tests.stage import Stage

_MOST: Final = 60
_PORTION: Final = 3


async def test_two_copies_let_one_token_in_as_often_as_one_would(stage: Stage) -> None:
    await stage._staff()
    for _ in range(2):
        stage.add("routing", MOST_READS_A_MINUTE=str(_MOST), MOST_CHANGES_A_MINUTE="20").start()
    await stage.ready()
    ports = [one.process.env["ROUTING_HTTP_PORT"] for one in stage.services["routing"]]
    headers = {"Authorization": f"Bearer {stage.token}"}
    served, refused = 0, {}
    async with aiohttp.ClientSession(headers=headers) as session:
        for number in range(3 * _MOST):
            path = f"http://127.0.0.1:{ports[number % 2]}/v1/me"
            async with session.get(path) as answer:
                served += answer.status == 200
                if answer.status == 429:
                    refused[number % 2] = answer.headers.copy()
        for port in ports:
            path = f"http://127.0.0.1:{port}/v1/me/away"
            async with session.delete(path) as answer:
                assert answer.status == 200, "what changes something is counted apart"
    assert _MOST - _PORTION < served < _MOST + 2 * _PORTION
    assert refused.keys() == {0, 1}
    for told in refused.values():
        assert 1 <= int(told["Retry-After"]) <= 65
        assert told["RateLimit"] == f'"reads";r=0;t={told["Retry-After"]}'
    rows = await stage.stored("allowances")
    assert len(rows) == 2
    assert stage.token not in str(rows)
    assert "mair" not in str(rows)
