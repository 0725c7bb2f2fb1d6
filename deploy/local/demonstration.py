"""The demonstration library's staff, and the tokens that `make run` prints."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from deploy.local.plan import VAR, Plan, write_private
from deploy.local.processes import ProcessFailed, http_status
from deploy.local.servers import ROOT

TOKENS_FILE: Final = VAR / "tokens.json"
DESK_SECONDS: Final = 30.0

# Plainly fictional. Each row: what `desk staff add` is given.
STAFF: Final = (
    ("Megan Price", "megan@llanfair.example", "enquiries", ("en", "cy"), ("general",)),
    ("Tomos Bevan", "tomos@llanfair.example", "enquiries", ("en",), ("general",)),
    ("Eleri Vaughan", "eleri@llanfair.example", "local-history", ("en", "cy"), ("local-history",)),
    ("Samuel Okoro", "samuel@llanfair.example", "local-history", ("en",), ("local-history",)),
    (
        "Anwen Sato",
        "anwen@llanfair.example",
        "accessible-formats",
        ("en", "cy"),
        ("accessible-copy",),
    ),
    ("Ceri Lloyd", "ceri@llanfair.example", "enquiries", ("en", "cy"), ()),
)
SPEAKS_FOR_STAFF: Final = STAFF[0][1]


@dataclass(frozen=True)
class Tokens:
    """A staff member's token for the staff API, and the catalogue's key for the intake API."""

    staff: str
    catalogue: str


def ready_tokens(plan: Plan) -> Tokens:
    """The tokens of the last run if they still work; else the staff and tokens are made.

    Raises: ProcessFailed, if `desk` fails.
    """
    kept = _kept()
    if kept and _work(kept, plan):
        return kept
    for name, address, team, languages, skills in STAFF:
        options = ["--team", team]
        options += [word for one in languages for word in ("--language", one)]
        options += [word for one in skills for word in ("--skill", one)]
        _desk(["staff", "add", name, address, *options], plan.settings)
    made = Tokens(
        staff=_desk(["token", "staff", SPEAKS_FOR_STAFF], plan.settings),
        catalogue=_desk(["token", "integration", "catalogue"], plan.settings),
    )
    write_private(TOKENS_FILE, json.dumps({**vars(made), "staff_digest": _digest()}) + "\n")
    return made


def _kept() -> Tokens | None:
    try:
        kept = json.loads(TOKENS_FILE.read_text())
        return (
            Tokens(kept["staff"], kept["catalogue"]) if kept["staff_digest"] == _digest() else None
        )
    except (OSError, ValueError, KeyError):
        return None


def _digest() -> str:
    """Of the list above: when it changes, it is made again."""
    return hashlib.sha256(repr(STAFF).encode()).hexdigest()


def _work(tokens: Tokens, plan: Plan) -> bool:
    queue = plan.url("ROUTING_HTTP_PORT", "/v1/tickets?limit=1")
    # Nobody's reference: 404 for a good key, 401 for a bad one.
    nothing = plan.url("INTAKE_HTTP_PORT", "/v1/enquiries/ENQ-0000-0000")
    return http_status(queue, tokens.staff) == 200 and http_status(nothing, tokens.catalogue) == 404


def _desk(arguments: list[str], settings: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "services.desk", *arguments],
            env={**os.environ, **settings},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=DESK_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ProcessFailed(f"`desk {arguments[0]} …` took too long") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-500:]
        raise ProcessFailed(f"`desk {' '.join(arguments[:2])} …` failed: {said}")
    return done.stdout.strip()
