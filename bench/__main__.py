"""`python -m bench`: the floor and the product under the same load, in turn.

Exits 1 if an acknowledgement was missing or doubled, or a side would not run:
figures of a pipeline that loses mail are worth nothing.
"""

import argparse
import dataclasses
import gc
import json
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import uvloop

from bench import report
from bench.letters import compose
from bench.session import STARTERS, Plan, Servers, private_servers, run_session
from bench.sides import ROOT, SideFailed, enquiry_address
from bench.stacks import costliest, costliest_of_ours, find_py_spy, forget
from bench.trial import Figures

PROFILE_FOLDER: Final = ROOT / "var" / "bench"
COSTLIEST: Final = 12


def main() -> int:
    """Run a session as the options say; the exit status."""
    options = parse_options()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        plan = make_plan(options, Path(folder))
        with private_servers(Path(folder)) as servers:
            try:
                results = uvloop.run(run(plan, servers))
            except SideFailed as error:
                print(f"bench: FAILED: {error}", file=sys.stderr)
                return 1
            except KeyboardInterrupt:
                return 130
    return conclude(results, options)


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=2000, help="letters for the saturated phase")
    parser.add_argument("--seconds", type=float, default=12, help="length of the quarter phase")
    parser.add_argument("--only", choices=list(STARTERS), help="run one side; no ratios")
    parser.add_argument("--profile", action="store_true", help="sample the services by py-spy")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    options = parser.parse_args()
    if options.profile and find_py_spy() is None:
        parser.error("--profile needs py-spy in this environment: pip install py-spy")
    return options


def make_plan(options: argparse.Namespace, folder: Path) -> Plan:
    """Compose the letters and say what is to be done with them."""
    recipient = enquiry_address()
    letters = compose(options.count, to=recipient, at=datetime.now(UTC))
    if options.profile:
        forget(PROFILE_FOLDER)
    gc.freeze()  # so that collecting garbage never walks the letters during a phase
    return Plan(
        sides=[options.only] if options.only else list(STARTERS),
        rounds=options.rounds,
        seconds=options.seconds,
        letters=letters,
        recipient=recipient,
        folder=folder,
        profile_folder=PROFILE_FOLDER if options.profile else None,
    )


async def run(plan: Plan, servers: Servers) -> list[Figures]:
    """Describe the place, then run the session, printing as it goes."""
    for line in await report.describe(servers):
        print(line)
    print(flush=True)
    return await run_session(
        plan, servers, lambda figures: print(report.run_line(figures), flush=True)
    )


def conclude(results: Sequence[Figures], options: argparse.Namespace) -> int:
    """Print the table, what the profile shows, and the last line; the exit status."""
    print("", *report.table(results), sep="\n")
    if options.profile:
        print_profile()
    if options.json:
        options.json.write_text(json.dumps([dataclasses.asdict(f) for f in results], indent=1))
    faults = sum(len(figures.faults) for figures in results)
    if faults:
        print(f"bench: {faults} FAULTS, listed above: these figures are worth nothing", flush=True)
    if not options.only:
        print(report.last_line(results), flush=True)
    return 1 if faults else 0


def print_profile() -> None:
    """The functions that each service spent most time in."""
    print(f"\nsampled while saturated (not figures to quote); stacks in {PROFILE_FOLDER}")
    for file in sorted(PROFILE_FOLDER.glob("*.folded")):
        for title, shares in (("itself", costliest), ("ours, with callees", costliest_of_ours)):
            print(f"\n{file.stem}: {title}")
            for name, share in shares(file, COSTLIEST):
                print(f"  {share:6.1%}  {name}")


if __name__ == "__main__":
    sys.exit(main())
