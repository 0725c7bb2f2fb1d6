"""`desk`: what an operator needs, with no HTTP client at hand."""

import asyncio
import sys
import uuid
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from services.desk import patron, quarantine, reports, rules
from services.desk.doctor import examine
from services.desk.retention import retention
from services.desk.store import Office
from shared.config import Settings, load
from shared.dead_letters import DeadLetter, Verdict, go_through
from shared.errors import Transient
from shared.keys import SCOPES, Caller, Scope, make_key
from shared.mongo import open_client
from shared.staff import Absence, Role, StaffMember

app = typer.Typer(no_args_is_help=True, help="The Enquiry Desk's command line for operators.")
staff_app = typer.Typer(no_args_is_help=True, help="The people who answer.")
token_app = typer.Typer(no_args_is_help=True, help="Keys for the HTTP doors; each is shown once.")
dead_app = typer.Typer(no_args_is_help=True, help="Messages that could not be handled.")
app.add_typer(staff_app, name="staff")
app.add_typer(token_app, name="token")
app.add_typer(dead_app, name="dead")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(rules.app, name="rules")
app.add_typer(patron.app, name="patron")
app.command("retention")(retention)

Month = Annotated[str | None, typer.Option(help="Such as 2026-11; else the present one.")]
Days = Annotated[int, typer.Option(min=1, max=3650, help="How long it is valid.")]


@app.command("doctor")
def doctor() -> None:
    """Look at settings, library file, staff and servers, a line each; status 1 on a fault."""
    raise typer.Exit(asyncio.run(examine(lambda: datetime.now(UTC))))


def _with_office(work: Callable[[Office], Coroutine[Any, Any, Any]]) -> Any:
    """Do this on the database; the command ends with status 1 where it can't be reached."""
    settings = load(Settings)

    async def session() -> Any:
        client = open_client(settings.mongodb_uri)
        office = Office(client[settings.mongodb_database])
        try:
            await office.make_indexes()
            return await work(office)
        finally:
            client.close()

    try:
        return asyncio.run(session())
    except Transient as error:
        print(f"{error}. Is MONGODB_URI right, and MongoDB running?", file=sys.stderr)
        raise typer.Exit(1) from error


def _fail(text: str) -> typer.Exit:
    print(text, file=sys.stderr)
    return typer.Exit(1)


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
        raise _fail(
            f"There is no team {team!r} in LIBRARY_FILE; it has: {', '.join(sorted(teams))}"
        )
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
def staff_list() -> None:
    """Everybody, a line each: id, name, address, team, languages, skills, role."""
    for one in _with_office(lambda office: office.staff()):
        languages, skills = ",".join(sorted(one.languages)), ",".join(sorted(one.skills))
        print(one.id, one.name, one.address, one.team, languages, skills, one.role, sep="\t")


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
        raise _fail("It ends before it begins")

    async def work(office: Office) -> bool:
        found = next((one for one in await office.staff() if one.address == address.lower()), None)
        if found is None:
            raise _fail(f"There is no staff member with the address {address}")
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
        raise _fail("--expires has passed")

    async def work(office: Office) -> str:
        found = next((one for one in await office.staff() if one.address == address.lower()), None)
        if found is None:
            raise _fail(f"There is no staff member with the address {address}")
        allowed = SCOPES[found.role]
        if beyond := sorted(set(scope or ()) - allowed):
            raise _fail(f"The role {found.role} does not allow: {', '.join(beyond)}")
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
def token_list() -> None:
    """Every key, a line each: id, who, name, scopes, made, good until, last used, withdrawn."""
    for one in _with_office(lambda office: office.keys()):
        times = (one.made_at, one.expires_at, one.last_used_at, one.revoked_at)
        shown = [moment.isoformat(timespec="minutes") if moment else "-" for moment in times]
        print(one.id, one.caller, one.name, ",".join(one.scopes), *shown, sep="\t")


@token_app.command("revoke")
def token_revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `desk token list` has it.")],
) -> None:
    """Withdraw a key: no request that comes with it from now on is served."""
    found = _with_office(lambda office: office.revoke_key(key_id))
    if found != 1:
        why = "Several keys begin with" if found else "There is no key"
        raise _fail(f"{why} {key_id}")
    print(f"{key_id} withdrawn")


async def _new_key(office: Office, who: Caller, now: datetime, ends: datetime) -> str:
    key = make_key()
    await office.add_key(key, who, now, ends)
    return key


@app.command("audit")
def audit() -> None:
    """Look whether the audit log is as it was written; status 1 if it is not. Prints how many rows
    there are and the newest one's hash, to be written down elsewhere."""
    count, newest, broken = _with_office(lambda office: office.examine_audit())
    if broken is not None:
        raise _fail(f"The audit log is not as it was written: from row {broken} on")
    print(f"{count} rows, none changed; the newest has the hash {newest}")


@dead_app.command("list")
def dead_list() -> None:
    """Every dead letter, a line each: id, queue, type, reference, since when, and why."""
    for one in _go_through(lambda _: Verdict.KEEP):
        since = one.put_aside_at.isoformat(timespec="seconds") if one.put_aside_at else "-"
        print(one.id, one.queue, one.type, one.reference, since, one.reason, sep="\t")


@dead_app.command("show")
def dead_show(letter_id: str) -> None:
    """One dead letter with its body."""
    for one in _go_through(lambda _: Verdict.KEEP):
        if one.id == letter_id:
            print(one.reason)
            print(one.body.decode("utf-8", "replace"))
            return
    raise _fail(f"There is no dead letter {letter_id}")


@dead_app.command("replay")
def dead_replay(
    letter_id: Annotated[str | None, typer.Argument(help="One letter's id.")] = None,
    all_of_them: Annotated[bool, typer.Option("--all", help="Every dead letter.")] = False,
) -> None:
    """Put dead letters back into their queues, once what stopped them is mended."""
    _carry_out(Verdict.REPLAY, letter_id, all_of_them, "put back")


@dead_app.command("discard")
def dead_discard(letter_id: str) -> None:
    """Throw one dead letter away. What it stood for is then never done."""
    _carry_out(Verdict.DISCARD, letter_id, False, "thrown away")


def _carry_out(verdict: Verdict, letter_id: str | None, everything: bool, done: str) -> None:
    if (letter_id is None) == (not everything):
        raise _fail("Name one letter, or say --all")
    count = 0

    def decide(letter: DeadLetter) -> Verdict:
        nonlocal count
        if everything or letter.id == letter_id:
            count += 1
            return verdict
        return Verdict.KEEP

    _go_through(decide)
    if not count and letter_id is not None:
        raise _fail(f"There is no dead letter {letter_id}")
    print(f"{count} {done}")


def _go_through(decide: Callable[[DeadLetter], Verdict]) -> list[DeadLetter]:
    try:
        return asyncio.run(go_through(load(Settings).amqp_url, decide))
    except (ConnectionError, TimeoutError) as error:
        raise _fail(
            "RabbitMQ can't be reached. Is AMQP_URL right, and RabbitMQ running?"
        ) from error


@app.command("charter")
def charter(
    month: Month = None,
    team: Annotated[str | None, typer.Option(help="A team's id; else the whole library.")] = None,
) -> None:
    """How reliable, timely, personal and memorable the service was, a line for each figure."""
    reports.print_charter(month, team, datetime.now(UTC))


@app.command("causes")
def causes(month: Month = None) -> None:
    """What caused the enquiries of a month, most first, and what was done about it."""
    reports.print_causes(month, datetime.now(UTC))


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
