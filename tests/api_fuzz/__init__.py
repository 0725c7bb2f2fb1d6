"""Everything that the staff's API says of itself, tried on a service that really runs, by
schemathesis: with a token and without. `make api-fuzz` runs thousands of cases, the tests some
hundreds.
"""

import asyncio
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.staff import Role, StaffMember
from tests.builders import mail, with_files
from tests.stage import Stage, until

_CASES: Final = re.compile(r"(\d+) generated")
_SCENARIOS: Final = re.compile(r"Scenarios:\s+(\d+)")


@dataclass(frozen=True)
class Run:
    """What one run of schemathesis said."""

    status: int
    output: str
    cases: int
    scenarios: int
    """Of its stateful phase."""


@dataclass(frozen=True)
class Seeds:
    """What is there to be found."""

    references: tuple[str, ...]
    ids: tuple[str, ...]
    """Of attachments and of letters kept aside."""
    token: str
    """An admin's: every route is open to it."""


def configuration(seeds: Seeds) -> str:
    """What schemathesis has to know besides the description. A value that the description allows
    may still be refused for what it means: a version that has passed (412), a cursor, a day or a
    team that there is none of (422)."""
    return f"""
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "412", "422"]
[checks.missing_required_header]
expected-statuses = ["401", "403", "404", "422", "428"]
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "428"]
[dictionaries]
references = {{ values = {json.dumps(seeds.references)} }}
ids = {{ values = {json.dumps(seeds.ids)} }}
names = {{ values = ["opening hours page wrong", "Lift broken"] }}
versions = {{ values = ['"1"', '"2"', '"3"'] }}
[parameters]
"path.reference" = {{ dictionary = "references", probability = 0.8 }}
"path.id" = {{ dictionary = "ids", probability = 0.8 }}
"path.name" = {{ dictionary = "names", probability = 0.8 }}
"header.If-Match" = {{ dictionary = "versions", probability = 0.5 }}
# A stream has no end but for who asks for what there is, once.
[[operations]]
include-path = "/v1/events"
[operations.parameters]
"query.once" = "true"
"""


async def seed(stage: Stage) -> Seeds:
    """Some tickets, one with a file and a cause, and a letter kept aside."""
    await stage.mail(b"X-Line: 1\r\n" * 6000 + mail())
    await stage.mail(with_files(mail(), {"map.txt": b"To the archive"}))
    for _ in range(5):
        await stage.mail(mail())

    async def there() -> bool:
        return len(await stage.tickets()) == 6

    await until(there, 60)
    references = tuple(one["reference"] for one in await stage.tickets())
    for reference in references[:2]:
        cause = {"cause": "Lift broken"}
        await stage.api("POST", f"/v1/tickets/{reference}/cause", cause, If_Match='"1"')
    _, aside, _ = await stage.api("GET", "/v1/quarantine")
    letters = [one for name in references for one in (await stage.ticket(name))["messages"]]
    files = [file["id"] for one in letters for file in one["attachments"]]
    admin = StaffMember(
        "anwen", "Anwen Pretend", "anwen@llanfair.example", "enquiries", role=Role.ADMIN
    )
    return Seeds(references, (aside["items"][0]["id"], *files), await stage.add_staff(admin))


async def fuzz(stage: Stage, folder: Path, seeds: Seeds, *more: str, token: str | None) -> Run:
    """One run over the whole document."""
    settings = folder / "schemathesis.toml"
    settings.write_text(configuration(seeds))
    address = f"http://127.0.0.1:{stage.ports['routing']}/openapi.json"
    with_token = ("-H", f"Authorization: Bearer {token}") if token else ()
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "st"),
        *("--config-file", str(settings), "run", address, "--no-color", "--no-shrink"),
        *("--continue-on-failure", "--checks", "all", *with_token, *more),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    output = said.decode()
    return Run(
        process.returncode or 0, output, _number(_CASES, output), _number(_SCENARIOS, output)
    )


def _number(pattern: re.Pattern[str], output: str) -> int:
    found = pattern.search(output)
    return int(found[1]) if found else 0
