"""`make guards`: take each guard away, in a copy of the tree, and see its attack succeed.

The attacks must fail on the tree as it is, and each must succeed without its guard. Nothing here
changes the tree that it is run in.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.local.servers import MongoServer, RabbitServer
from tests.attacks.guards import Guard, attacked, copied, guards, taken_away


def main() -> int:
    """The status: 1 unless every guard is missed when it is gone."""
    options = argparse.ArgumentParser(prog="tests.attacks", description=__doc__)
    options.add_argument("--only", nargs="+", metavar="NN", help="these classes of attack alone")
    wanted = options.parse_args().only
    chosen = [one for one in guards() if wanted is None or one.number in wanted]
    with tempfile.TemporaryDirectory() as folder, _servers(chosen, Path(folder)) as env:
        tree = copied(Path(folder) / "tree")
        untouched = attacked((one.attack for one in chosen), tree, env)
        if untouched.kind != "SURVIVED":
            print(f"the tree as it is does not withstand: {untouched.reason}", flush=True)
        caught = sum(_tried(one, tree, env) for one in chosen)
    print(f"guards: caught={caught} survived={len(chosen) - caught}")
    return int(not chosen or caught < len(chosen) or untouched.kind != "SURVIVED")


def _tried(guard: Guard, tree: Path, env: Mapping[str, str]) -> bool:
    outcome = taken_away(guard, tree, env)
    place = ", ".join(dict.fromkeys(one.file for one in guard.changes))
    print(f"{outcome.kind:8}  {guard.attack.rpartition('/')[2]}  without {place}", flush=True)
    print(f"          {outcome.reason}", flush=True)
    return outcome.kind == "caught"


@contextmanager
def _servers(chosen: Sequence[Guard], folder: Path) -> Iterator[dict[str, str]]:
    """One MongoDB and one RabbitMQ for all of them, if any needs them; how they are found."""
    with ExitStack() as stack:
        if not any(one.servers for one in chosen):
            yield {}
            return
        mongo = stack.enter_context(MongoServer(folder / "mongodb"))
        rabbit = stack.enter_context(RabbitServer(folder / "rabbitmq"))
        yield {"MONGODB_URI": mongo.uri, "AMQP_URL": rabbit.url}


if __name__ == "__main__":
    sys.exit(main())
