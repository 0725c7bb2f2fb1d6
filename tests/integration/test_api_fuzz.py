"""The staff's API and the intake API, against their own descriptions, by a tool that knows nothing
else of them. The long form is `make api-fuzz`."""

from functools import partial
from pathlib import Path
from typing import Final

import pytest

from tests.api_fuzz import fuzz, seed
from tests.stage import Stage

_SHORT: Final = ("-n", "2", "--seed", "1", "--phases", "examples,fuzzing,stateful")


@pytest.mark.timeout(600)
async def test_nothing_that_the_description_allows_or_forbids_surprises_it(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.open()
    seeds = await seed(stage)
    before = await stage.ticket(seeds.references[0])
    routing = partial(fuzz, stage, tmp_path, seeds, *_SHORT, service="routing")
    stranger = await routing(token=None)
    assert stranger.status == 0, stranger.output
    assert await stage.ticket(seeds.references[0]) == before, "changed by nobody"
    known = await routing(token=seeds.tokens["routing"])
    assert known.status == 0, known.output
    assert known.cases + stranger.cases > 200
    assert known.scenarios > 0
    for token in (seeds.tokens["intake"], None):
        catalogue = await fuzz(stage, tmp_path, seeds, *_SHORT, service="intake", token=token)
        assert catalogue.status == 0, catalogue.output
        assert catalogue.cases > 20
    for service in seeds.tokens:
        assert "request_failed" not in (tmp_path / f"{service}-0.log").read_text()
