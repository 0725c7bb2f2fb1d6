"""Every fault that is tried, by name."""

from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from tests.faults import of_clocks, of_messages, of_network, of_servers, of_services
from tests.faults.house import House

Harm = Callable[[House, Random], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong, and is over when `harm` returns."""

    name: str
    harm: Harm
    place: str
    """Where: two at one place don't go together in a mixed round."""
    mixes: bool = True
    """Whether it is among those of mixed rounds: not if it takes long."""
    needs: str = ""
    """`disks` or `faketime`, which not every machine has."""
    before: Harm | None = None
    """What is made ready before the load begins."""
    may_resend: bool = True
    """Whether it explains that a letter comes twice."""


async def _nothing(_: House, __: Random) -> None:
    """No fault: the load alone."""


def _jump(name: str, seconds: int) -> Fault:
    jump = of_clocks.Jump(seconds)
    return Fault(name, jump.harm, "services", mixes=False, needs="faketime", before=jump.prepare)


FAULTS: Final = (
    Fault("none", _nothing, "", mixes=False, may_resend=False),
    Fault("killed", of_services.killed, "services"),
    Fault("intake_killed", of_services.intake_killed, "services"),
    Fault("routing_killed", of_services.routing_killed, "services"),
    Fault("notify_killed", of_services.notify_killed, "services"),
    Fault("stopped", of_services.stopped, "services"),
    Fault("notify_stopped", of_services.notify_stopped, "services", mixes=False),
    Fault("terminated", of_services.terminated, "services"),
    Fault("rolling_restart", of_services.rolled, "services", mixes=False),
    Fault("rabbit_killed", of_servers.rabbit_killed, "rabbit"),
    # Not mixed: where MongoDB is away too, the operator waits for that first.
    Fault("rabbit_lost", of_servers.rabbit_lost, "rabbit", mixes=False),
    Fault("rabbit_restarted", of_servers.rabbit_restarted, "rabbit"),
    Fault("rabbit_stopped", of_servers.rabbit_stopped, "rabbit"),
    Fault("memory_alarm", of_servers.memory_alarm, "rabbit"),
    Fault("disk_alarm", of_servers.disk_alarm, "rabbit"),
    Fault("connections_closed", of_servers.connections_closed, "rabbit"),
    Fault("consumers_cancelled", of_servers.consumers_cancelled, "rabbit"),
    # Not mixed: with much being written at that moment RabbitMQ 3.10 itself loses part of a queue's
    # log (`corrupt_log` in its own), and does not serve that queue: the runbook says what then.
    Fault("rabbit_disk_full", of_servers.rabbit_disk_full, "rabbit", mixes=False, needs="disks"),
    Fault("primary_killed", of_servers.primary_killed, "mongo"),
    Fault("all_members_killed", of_servers.all_members_killed, "mongo"),
    Fault("mongo_restarted", of_servers.mongo_restarted, "mongo", mixes=False),
    Fault("stepped_down", of_servers.stepped_down, "mongo"),
    Fault("primary_alone", of_servers.primary_alone, "mongo"),
    Fault("mongo_slow", of_servers.mongo_slow, "mongo"),
    Fault("mongo_out_of_connections", of_servers.mongo_full_of_connections, "mongo"),
    Fault("mongo_disk_full", of_servers.mongo_disk_full, "mongo", needs="disks"),
    Fault("network_cut", of_network.cut, "network"),
    Fault("network_unheard", of_network.unheard, "network"),
    Fault("network_unsaid", of_network.unsaid, "network"),
    Fault("network_late", of_network.late, "network"),
    Fault("network_narrow", of_network.narrow, "network"),
    Fault("network_reset", of_network.reset, "network"),
    Fault("mongo_cut", of_network.mongo_cut, "network"),
    Fault("broker_cut", of_network.broker_cut, "network"),
    Fault("broker_late_and_reset", of_network.broker_late_and_reset, "network"),
    Fault("relay_refuses", of_network.relay_refuses, "relay"),
    Fault("relay_hangs", of_network.relay_hangs, "relay"),
    Fault("relay_closes_in_data", of_network.relay_closes, "relay"),
    Fault("relay_takes_and_closes", of_network.relay_takes_and_closes, "relay"),
    Fault("relay_away", of_network.relay_away, "relay"),
    _jump("clock_an_hour_on", of_clocks.HOUR),
    _jump("clock_an_hour_back", -of_clocks.HOUR),
    _jump("clock_a_day_on", of_clocks.DAY),
    _jump("clock_a_day_back", -of_clocks.DAY),
    Fault("redelivered", of_messages.redelivered, "messages", may_resend=False),
    Fault("poison", of_messages.poison, "messages", may_resend=False),
    Fault("two_doors_at_once", _nothing, "", mixes=False, may_resend=False),
    Fault(
        "twenty_copies",
        of_services.many_copies,
        "services",
        mixes=False,
        before=of_services.add_copies,
    ),
)
BY_NAME: Final = {one.name: one for one in FAULTS}


def plan_of(names: str) -> list[Fault]:
    """Of names with a plus between them: at the same time. Raises: KeyError."""
    return [BY_NAME[one] for one in names.split("+")]


def mixed(random: Random, lacking: Collection[str]) -> list[Fault]:
    """Two or three at different places."""
    able = [one for one in FAULTS if one.mixes and one.needs not in lacking]
    chosen: list[Fault] = []
    while len(chosen) < random.choice((2, 3)):
        one = random.choice(able)
        if one.place not in {other.place for other in chosen}:
            chosen.append(one)
    return chosen
