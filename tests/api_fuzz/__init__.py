"""Everything that the staff's API and the intake API say of themselves, tried on services that
really run, by schemathesis: with a token and without. `make api-fuzz` runs thousands of cases, the
tests some hundreds.
"""

import asyncio
import json
import re
import sys
from collections.abc import Mapping, Sequence
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
    tokens: Mapping[str, str]
    """By service: an admin's of the staff, the catalogue's key; every route is open to them."""


_REFUSED: Final[Mapping[str, Sequence[str]]] = {
    "routing": ("401", "403", "404", "422", "428"),
    # A key that misses is 400, and who names too many references, or wrong keys, has to wait.
    "intake": ("400", "401", "403", "404", "422", "429"),
}
"""What a request may be answered that lacks a header."""


def configuration(seeds: Seeds, service: str) -> str:
    """What schemathesis has to know besides the description. A value that the description allows
    may still be refused for what it means: a version that has passed (412), a part after the end of
    a file (416), a cursor, a day or a team that there is none of (422)."""
    refused = _REFUSED[service]
    accepted = sorted(
        {"2xx", "401", "403", "404", "409", "412", "416", "422"} | {"429"} & {*refused}
    )
    rejected = sorted({"400", "405", "409", "412", "413", "415", *refused})
    return f"""
[checks.positive_data_acceptance]
expected-statuses = {json.dumps(accepted)}
[checks.missing_required_header]
expected-statuses = {json.dumps(refused)}
[checks.negative_data_rejection]
expected-statuses = {json.dumps(rejected)}
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
    """Some tickets, one with a file and a cause, one of the catalogue, and a letter kept aside."""
    await stage.mail(b"X-Line: 1\r\n" * 6000 + mail())
    await stage.mail(with_files(mail(), {"map.txt": b"To the archive"}))
    for _ in range(5):
        await stage.mail(mail())

    patron = {"name": "Owain Example", "email": "owain@patrons.example"}
    body = {"patron": patron, "subject": "A map", "body": "Do you have it?"}
    await stage.catalogue("POST", "/v1/enquiries", body, Idempotency_Key="seed")

    async def there() -> bool:
        return len(await stage.tickets()) == 7

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
    tokens = {"routing": await stage.add_staff(admin), "intake": stage.key}
    return Seeds(references, (aside["items"][0]["id"], *files), tokens)


async def fuzz(
    stage: Stage, folder: Path, seeds: Seeds, *more: str, service: str, token: str | None
) -> Run:
    """One run over the whole document of a service."""
    settings = folder / "schemathesis.toml"
    settings.write_text(configuration(seeds, service))
    address = f"http://127.0.0.1:{stage.ports[service]}/openapi.json"
    with_token = ("-H", f"Authorization: Bearer {token}") if token else ()
    if service == "intake" and not token:
        # It wants 401 alone of who shows no key; here he has to wait after some of them (429).
        more = (*more, "--exclude-checks", "missing_required_header")
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
