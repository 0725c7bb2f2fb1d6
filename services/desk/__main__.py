"""`desk`: what an operator needs, with no HTTP client at hand."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, TypeVar

import typer

from services.desk import dead, patron, quarantine, reports, rules
from services.desk.completion import script
from services.desk.deliveries import print_deliveries
from services.desk.doctor import examine
from services.desk.findings import Finding
from services.desk.preview import preview
from services.desk.recover import recover
from services.desk.retention import retention
from services.desk.session import fail, with_database
from services.desk.shown import AsJson, print_json, progress, show
from services.desk.store import Office
from services.desk.trace import trace
from shared.config import Settings, load
from shared.keys import SCOPES, Caller, Scope, make_key
from shared.mongo import Database
from shared.staff import Absence, Role, StaffMember

Answer = TypeVar("Answer")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,  # `desk completion` is quicker: it starts no Python at each Tab
    help="The Enquiry Desk's command line for operators.",
)
staff_app = typer.Typer(no_args_is_help=True, help="The people who answer.")
token_app = typer.Typer(no_args_is_help=True, help="Keys for the HTTP doors; each is shown once.")
app.add_typer(staff_app, name="staff")
app.add_typer(token_app, name="token")
app.add_typer(dead.app, name="dead")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(rules.app, name="rules")
app.add_typer(patron.app, name="patron")
app.command("recover")(recover)
app.command("retention")(retention)
app.command("preview")(preview)
app.command("trace")(trace)

Month = Annotated[str | None, typer.Option(help="Such as 2026-11; else the present one.")]
_TIMES: Final = ("made_at", "expires_at", "last_used_at", "revoked_at")
Days = Annotated[int, typer.Option(min=1, max=3650, help="How long it is valid.")]


@app.command("deliveries")
def deliveries(
    due: Annotated[bool, typer.Option("--due", help="What is due now, and no more.")] = False,
    stuck: Annotated[
        bool, typer.Option("--stuck", help="What nothing more happens to by itself.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Accessible copies that are not delivered yet, a line for each, the most urgent first: ticket,
    delivery, item, title, state, whom it waits for, when something is done, how often asked."""
    print_deliveries(datetime.now(UTC), due=due, stuck=stuck, as_json=as_json)


@app.command("doctor")
def doctor(as_json: AsJson = False) -> None:
    """Look at settings, library file, staff and servers, a line each; status 1 on a fault."""
    found: list[Finding] = []
    tell = found.append if as_json else print

    async def look() -> int:
        return await examine(lambda: datetime.now(UTC), tell)

    status = asyncio.run(look())
    if as_json:
        print_json([asdict(one) for one in found])
    raise typer.Exit(status)


def _with_office(work: Callable[[Office], Coroutine[Any, Any, Answer]]) -> Answer:
    """Do this with the staff and the keys."""

    async def session(database: Database, _: Settings) -> Answer:
        return await work(Office(database))

    return with_database(session)


@staff_app.command("add")
def staff_add(
    name: str,
    address: str,
    *,
    team: Annotated[str, typer.Option(help="A team's id in LIBRARY_FILE.")],
    language: Annotated[list[str] | None, typer.Option(help="Such as en; repeatable.")] = None,
    skill: Annotated[list[str] | None, typer.Option(help="A topic's id; repeatable.")] = None,
    role: Annotated[Role, typer.Option(help="What they are here for.")] = Role.STAFF,
) -> None:
    """Add someone, or change whoever has this address. Prints the id."""
    teams = {one.id for one in load(Settings).library.teams}
    if team not in teams:
        raise fail(f"There is no team {team!r} in LIBRARY_FILE; it has: {', '.join(sorted(teams))}")
    member = StaffMember(
        id=uuid.uuid4().hex[:12],
        name=name,
        address=address.lower(),
        team=team,
        languages=frozenset(language or []),
        skills=frozenset(skill or []),
        role=role,
    )
    print(_with_office(lambda office: office.add_staff(member)))


@staff_app.command("list")
def staff_list(as_json: AsJson = False) -> None:
    """Everybody, a line each: id, name, address, team, languages, skills, role."""
    columns = ("id", "name", "address", "team", "languages", "skills", "role")
    rows = [
        (it.id, it.name, it.address, it.team, sorted(it.languages), sorted(it.skills), it.role)
        for it in _with_office(lambda office: office.staff())
    ]
    show(columns, rows, as_json=as_json)


@staff_app.command("away")
def staff_away(
    address: str,
    since: Annotated[datetime | None, typer.Option(help="From then on (UTC); else now.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Before then (UTC).")] = None,
    back: Annotated[bool, typer.Option("--back", help="They are there again.")] = False,
) -> None:
    """Somebody is away: their tickets go to others when they are due."""
    now = datetime.now(UTC)
    absence = Absence(_utc(since) if since else now, _utc(until) if until else None)
    if absence.until is not None and absence.until <= absence.since:
        raise fail("It ends before it begins")

    async def work(office: Office) -> bool:
        found = next((one for one in await office.staff() if one.address == address.lower()), None)
        if found is None:
            raise fail(f"There is no staff member with the address {address}")
        if back:
            return await office.absences.end(found.id, now)
        return await office.absences.add(found.id, absence)

    _with_office(work)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


@token_app.command("staff")
def token_staff(
    address: str,
    days: Days = 30,
    expires: Annotated[
        datetime | None, typer.Option(help="Until then (UTC), instead of --days.")
    ] = None,
    scope: Annotated[
        list[Scope] | None, typer.Option(help="Only these; else all of their role; repeatable.")
    ] = None,
) -> None:
    """Make a token for a staff member. Prints it, and nothing else."""
    now = datetime.now(UTC)
    ends = _utc(expires) if expires else now + timedelta(days=days)
    if ends <= now:
        raise fail("--expires has passed")

    async def work(office: Office) -> str:
        found = next((one for one in await office.staff() if one.address == address.lower()), None)
        if found is None:
            raise fail(f"There is no staff member with the address {address}")
        allowed = SCOPES[found.role]
        if beyond := sorted(set(scope or ()) - allowed):
            raise fail(f"The role {found.role} does not allow: {', '.join(beyond)}")
        who = Caller(found.id, found.name, frozenset(scope or allowed))
        return await _new_key(office, who, now, ends)

    print(_with_office(work))


@token_app.command("integration")
def token_integration(name: str, days: Days = 365) -> None:
    """Make a key for an integration such as the catalogue. Prints it, and nothing else."""

    async def work(office: Office) -> str:
        now = datetime.now(UTC)
        who = Caller(name, name, frozenset({Scope.ENQUIRIES_WRITE}))
        return await _new_key(office, who, now, now + timedelta(days=days))

    print(_with_office(work))


@token_app.command("list")
def token_list(as_json: AsJson = False) -> None:
    """Every key, a line each: id, who, name, scopes, made, good until, last used, withdrawn."""
    columns = ("id", "caller", "name", "scopes", *_TIMES)
    rows = [
        (one.id, one.caller, one.name, one.scopes, *(getattr(one, name) for name in _TIMES))
        for one in _with_office(lambda office: office.keys())
    ]
    show(columns, rows, as_json=as_json)


@token_app.command("revoke")
def token_revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `desk token list` has it.")],
) -> None:
    """Withdraw a key: no request that comes with it from now on is served."""
    found = _with_office(lambda office: office.revoke_key(key_id))
    if found != 1:
        why = "Several keys begin with" if found else "There is no key"
        raise fail(f"{why} {key_id}")
    print(f"{key_id} withdrawn")


async def _new_key(office: Office, who: Caller, now: datetime, ends: datetime) -> str:
    key = make_key()
    await office.add_key(key, who, now, ends)
    return key


@app.command("audit")
def audit(as_json: AsJson = False) -> None:
    """Look whether the audit log is as it was written; status 1 if it is not. Prints how many rows
    there are and the newest one's hash, to be written down elsewhere."""
    with progress(None, "Looking at the rows", quiet=as_json) as step:
        count, newest, broken = _with_office(lambda office: office.examine_audit(step))
    if as_json:
        print_json({"rows": count, "newest": newest, "broken_from": broken})
        raise typer.Exit(broken is not None)
    if broken is not None:
        raise fail(f"The audit log is not as it was written: from row {broken} on")
    print(f"{count} rows, none changed; the newest has the hash {newest}")


@app.command("charter")
def charter(
    month: Month = None,
    team: Annotated[str | None, typer.Option(help="A team's id; else the whole library.")] = None,
    as_json: AsJson = False,
) -> None:
    """How reliable, timely, personal and memorable the service was, a line for each figure."""
    reports.print_charter(month, team, datetime.now(UTC), as_json=as_json)


@app.command("causes")
def causes(month: Month = None, as_json: AsJson = False) -> None:
    """What caused the enquiries of a month, most first, and what was done about it."""
    reports.print_causes(month, datetime.now(UTC), as_json=as_json)


@app.command("completion")
def completion() -> None:
    """Print completion for bash: to be kept as /etc/bash_completion.d/desk, or sourced."""
    print(script(typer.main.get_command(app)), end="")


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
