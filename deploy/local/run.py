"""`make run`: the whole system on this machine, until Ctrl-C. For development, not production.

Starts a private MongoDB and RabbitMQ (unless MONGODB_URI and AMQP_URL name others), the services
and a mail sink; keeps them running; tells what to do next; stops all of it in order. Data stays
under var/.
"""

import fcntl
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import Final, NoReturn, TextIO

from deploy.local.demonstration import Tokens, ready_tokens
from deploy.local.plan import IN_USE_FILE, LOGS, VAR, BadPlan, Plan, make_plan, note_in_use
from deploy.local.processes import ProcessFailed
from deploy.local.servers import ROOT, MongoServer, RabbitServer, Service
from deploy.local.supervisor import Supervisor

READY_SECONDS: Final = 60.0
TICK_SECONDS: Final = 0.2

NEXT_STEPS: Final = """
The Enquiry Desk is up ({seconds:.0f} s).

  Send a sample enquiry     make mail
                            (or send any mail to enquiries@llanfair.example by SMTP,
                            127.0.0.1 port {smtp_port})
  Ask as a patron does      {ask_page}
  Read what patrons get     {mail_page}
"""
NEXT_STEPS_WITH_TOKENS: Final = """
  See the queue, as staff (the staff API)
    curl -s -H 'Authorization: Bearer {staff}' {tickets}

  Post an enquiry, as the catalogue does (the intake API)
    curl -s -H 'Authorization: Bearer {catalogue}' -H "Idempotency-Key: $(date +%s%N)" \\
      -H 'Content-Type: application/json' {enquiries} \\
      -d '{{"patron": {{"name": "Ifor Hughes", "email": "ifor@mail.example"}},
           "subject": "Tides in 1911", "body": "Do you have a tide table?"}}'
"""
LAST_STEPS: Final = """
  Follow one enquiry        make trace REF=ENQ-…
  Logs                      {logs}/
  Stop                      Ctrl-C
"""


class Stopped(BaseException):
    """Somebody asked us to stop. Not an Exception: nothing but `main` may catch it."""


def main() -> int:
    """Run until asked to stop. Answers the exit status."""
    started_at = time.monotonic()
    VAR.mkdir(exist_ok=True)
    try:
        with only_one(), ExitStack() as stack, stoppable():
            run(started_at, stack)
    except Stopped:
        say("Stopped; the data is kept under var/.")
        return 0
    except (BadPlan, ProcessFailed) as error:
        say(str(error))
        return 1


def run(started_at: float, stack: ExitStack) -> NoReturn:
    """Start everything, tell what to do next, and watch. Ends only by an exception."""
    plan = make_plan()
    start_servers(plan, stack)
    supervisor = Supervisor(make_services(plan), say)
    stack.callback(supervisor.stop)
    say("Starting intake, routing, notify and the mail sink")
    wait_ready(supervisor)
    note_in_use(plan)
    stack.callback(IN_USE_FILE.unlink, missing_ok=True)
    tell_next_steps(plan, find_tokens(plan), time.monotonic() - started_at)
    while True:
        supervisor.tick()
        time.sleep(TICK_SECONDS)


def start_servers(plan: Plan, stack: ExitStack) -> None:
    """Start the private servers that the plan wants, side by side."""
    servers: list[MongoServer | RabbitServer] = []
    if plan.mongodb_port:
        servers.append(MongoServer(VAR / "mongodb", plan.mongodb_port))
    if plan.amqp_port:
        servers.append(RabbitServer(VAR / "rabbitmq", plan.amqp_port))
    if servers:
        say("Starting private servers under var/ (RabbitMQ takes some seconds)")
    for server in servers:
        stack.callback(server.stop)
        server.launch()
    for server in servers:
        server.wait_ready()


def make_services(plan: Plan) -> list[Service]:
    """The three services, and the mail sink with its page."""
    services = [
        Service(name, plan.settings, LOGS / f"{name}.log")
        for name in ("intake", "routing", "notify")
    ]
    sink = Service(
        "mail_page",
        plan.settings,
        LOGS / "mail_page.log",
        module="deploy.local.mail_page",
        ready_url=plan.url("MAIL_PAGE_PORT", "/messages.json"),
    )
    return [sink, *services]


def wait_ready(supervisor: Supervisor) -> None:
    """Wait until all are ready; after a minute, say which are not, and go on without them."""
    give_up_at = time.monotonic() + READY_SECONDS
    supervisor.tick()
    while (unready := supervisor.unready()) and time.monotonic() < give_up_at:
        time.sleep(TICK_SECONDS / 2)
        supervisor.tick()
    for service in unready:
        say(f"{service.name} is not ready yet; see {service.ready_url} and {service.process.log}")


def find_tokens(plan: Plan) -> Tokens | None:
    """Tokens for the printed commands; None, and a line on the screen, if they can't be had."""
    try:
        return ready_tokens(plan)
    except ProcessFailed as error:
        say(f"The demonstration staff could not be made. {error}")
        return None


def tell_next_steps(plan: Plan, tokens: Tokens | None, seconds: float) -> None:
    """What a newcomer may do now, in lines to copy."""
    text = NEXT_STEPS + (NEXT_STEPS_WITH_TOKENS if tokens else "") + LAST_STEPS
    say(
        text.format(
            seconds=seconds,
            smtp_port=plan.ports["INTAKE_SMTP_PORT"],
            ask_page=plan.url("INTAKE_HTTP_PORT", "/ask"),
            mail_page=plan.url("MAIL_PAGE_PORT"),
            staff=tokens.staff if tokens else "",
            tickets=plan.url("ROUTING_HTTP_PORT", "/v1/tickets"),
            catalogue=tokens.catalogue if tokens else "",
            enquiries=plan.url("INTAKE_HTTP_PORT", "/v1/enquiries"),
            logs=LOGS.relative_to(ROOT),
        )
    )


def say(text: str) -> None:
    """A line on the screen, as long as there is one (the terminal may have closed)."""
    with suppress(OSError):
        print(text, flush=True)


@contextmanager
def stoppable() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal raise Stopped, once; what stops must not be stopped."""

    def on_signal(number: int, frame: FrameType | None) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        say("\nStopping …")
        raise Stopped

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for each in signals:
        signal.signal(each, on_signal)
    yield


@contextmanager
def only_one() -> Iterator[None]:
    """Hold a lock, so that two runs never share the data. Raises: ProcessFailed."""
    with (VAR / "run.lock").open("w") as lock:
        _lock(lock)
        yield


def _lock(file: TextIO) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ProcessFailed("`make run` is already running here; stop it there first") from None


if __name__ == "__main__":
    sys.exit(main())
