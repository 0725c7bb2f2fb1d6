"""The staff's API, against its own description, by a tool that knows nothing else of it. The long
form is `make api-fuzz`."""

from pathlib import Path
from typing import Final

import pytest

from tests.api_fuzz import fuzz, seed
from tests.stage import Stage

_SHORT: Final = ("-n", "4", "--seed", "1", "--phases", "examples,fuzzing,stateful")


@pytest.mark.timeout(600)
async def test_nothing_that_the_description_allows_or_forbids_surprises_it(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.open()
    seeds = await seed(stage)
    before = await stage.ticket(seeds.references[0])
    stranger = await fuzz(stage, tmp_path, seeds, *_SHORT, token=None)
    assert stranger.status == 0, stranger.output
    assert await stage.ticket(seeds.references[0]) == before, "changed by nobody"
    known = await fuzz(stage, tmp_path, seeds, *_SHORT, token=seeds.token)
    assert known.status == 0, known.output
    assert known.cases + stranger.cases > 200
    assert known.scenarios > 0
    assert "request_failed" not in (tmp_path / "routing-0.log").read_text()
