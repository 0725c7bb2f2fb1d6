"""The charter once more, from the raw documents: `python -m tests.charter_by_hand FROM TO [TEAM]`.

It shares no code with routing, and counts in other ways where there are some: what became of
promises by the timelines and not by the ledgers, open time by a walk of its own through the file.
"""

import os
import re
import sys
import tomllib
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pymongo import MongoClient

ENDS = ("kept", "broken", "renegotiated", "withdrawn")


def open_time(library: Any, team: str, start: datetime, end: datetime) -> float:
    """Seconds of the team's hours between two moments."""
    zone, total = ZoneInfo(library["library"]["time_zone"]), timedelta(0)
    own = next(one.get("hours") for one in library["teams"] if one["id"] == team)
    hours = own or library["hours"]
    closed = {str(one["on"]) for one in hours.get("closures", ())}
    for number in range((end - start).days + 3):
        day = start.astimezone(zone).date() + timedelta(days=number)
        for period in hours.get(f"{day:%A}".lower(), ()) if str(day) not in closed else ():
            opens, closes = (
                datetime.fromisoformat(f"{day}T{one}").replace(tzinfo=zone).astimezone(UTC)
                for one in period.split("-")
            )
            total += max(min(closes, end) - max(opens, start), timedelta(0))
    return total.total_seconds()


def rank(values: list[float], percent: int) -> float | None:
    """The least value that so many in a hundred do not exceed."""
    enough = [one for one in values if 100 * sum(v <= one for v in values) >= percent * len(values)]
    return min(enough, default=None)


def mailbox(ticket: Any) -> str:
    """The patron's address without a tag, in small letters; nothing if there is none."""
    return re.sub(r"\+[^@]*", "", (ticket["patron"]["address"] or "").lower())


def by_hand(library: Any, rows: Any, first: str, last: str, team: str | None) -> dict[str, Any]:
    """The figures by their paths; `rows`: all `tickets`, `notices` and `messages`."""

    def falls(at: datetime) -> bool:
        zone = ZoneInfo(library["library"]["time_zone"])
        return first <= at.astimezone(zone).date().isoformat() <= last

    n: Counter[str] = Counter()
    took: dict[str, list[float]] = defaultdict(list)
    for one in rows["tickets"]:
        opened, patron, timeline = one["created_at"], one["patron"], one["timeline"]
        if not falls(opened) or team not in {None, one["team"]}:
            continue
        events = [row["event"] for row in timeline]
        n.update(events)
        n["tickets"] += 1
        n["tickets reopened"] += "reopened" in events
        n["asked"] += one["format"] is not None
        n["open"] += bool(one["promise"]) and one["promise"]["state"] == "made"
        marks = [name for name in events if name in {"contact_lost", "contact_made", "resolved"}]
        pairs = zip(["", *marks], marks, strict=False)
        n["lost"] += sum(now == "contact_lost" != before for before, now in pairs)
        took["again"] += [row["after_seconds"] for row in timeline if "after_seconds" in row]
        opinions = [row for row in timeline if row["event"] == "survey_answered"][-1:]
        n["said"] += len(opinions)
        for row in opinions:
            n["solved"] += row["solved"]
            took["recommend"] += [] if row["recommend"] is None else [row["recommend"]]
        sent = [
            row
            for row in rows["notices"]
            if row.get("reference") == one["_id"] and row["state"] in {"sent", "bounced"}
        ]
        n["questions"] += "resolved" in [row["notice"] for row in sent]
        ours = [row["text"].split("\n")[0] for row in sent if row["notice"] != "reply"]
        n["ours"] += len(ours)
        names = [it for it in (patron["name"], *one.get("called", ())) if it]
        n["named"] += sum(any(name in line for name in names) for line in ours)
        said = [row for row in timeline if row["event"] == "replied" or row.get("is_reached")]
        told = [row["finished_at"] for row in sent if row["notice"] == "acknowledgement"]
        for name, moments in (("acknowledged", told), ("first_answered", [e["at"] for e in said])):
            for at in sorted(moments)[:1]:
                took[f"{name}.clock"].append((at - opened).total_seconds())
                took[f"{name}.open"].append(open_time(library, one["team"], opened, at))
        before = [e for e in rows["tickets"] if mailbox(e) == mailbox(one) != ""]
        before = [e for e in before if e["created_at"] < opened]
        owner = max(before, key=lambda e: e["created_at"])["owner"] if before else None
        if owner and said:
            n["again"] += 1
            n["same"] += said[0]["by"] == owner["id"]
    stateless = [e for e in rows["messages"] if e["direction"] == "in" and not e.get("state")]
    scores = took["recommend"]
    net = [{9: 1, 10: 1, 7: 0, 8: 0}.get(int(one), -1) for one in scores]
    judged = n["promise_kept"] + n["promise_broken"]
    figures = {
        "tickets": n["tickets"],
        "reliable.promises.made": n["promised"],
        **{f"reliable.promises.{end}": n[f"promise_{end}"] for end in ENDS},
        "reliable.promises.open": n["open"],
        "reliable.kept_share": round(n["promise_kept"] / judged, 4) if judged else None,
        "reliable.reopened": n["tickets reopened"],
        "reliable.letters_without_state": None if team else sum(falls(e["at"]) for e in stateless),
        "personal.answered_by_who_helped_before.of": n["again"],
        "personal.answered_by_who_helped_before.same": n["same"],
        "personal.greeted_by_name.letters": n["ours"],
        "personal.greeted_by_name.by_name": n["named"],
        "personal.in_their_format.asked": n["asked"],
        "memorable.praise": n["praised"],
        "memorable.how_it_was.asked": n["questions"],
        "memorable.how_it_was.answered": n["said"],
        "memorable.how_it_was.solved": n["solved"],
        "memorable.how_it_was.solved_share": round(n["solved"] / n["said"], 4)
        if n["said"]
        else None,
        "memorable.would_recommend.answered": len(scores),
        "memorable.would_recommend.median": rank(scores, 50),
        "memorable.would_recommend.net": round(100 * sum(net) / len(net)) if net else None,
        "memorable.lost_contacts.lost": n["lost"],
        "memorable.lost_contacts.recovered": n["contact_made"],
        "memorable.lost_contacts.median": rank(took["again"], 50),
    }
    for name in ("acknowledged", "first_answered"):
        figures[f"timely.{name}.tickets"] = len(took[f"{name}.clock"])
        for kind in ("clock", "open"):
            for label, percent in (("median", 50), ("p90", 90)):
                path = f"timely.{name}.{kind}.{label}"
                figures[path] = rank(took[f"{name}.{kind}"], percent)
    return figures


if __name__ == "__main__":
    client: Any = MongoClient(os.environ["MONGODB_URI"], tz_aware=True)
    database = client[os.environ.get("MONGODB_DATABASE", "enquiries")]
    everything = {name: list(database[name].find()) for name in ("tickets", "notices", "messages")}
    described = tomllib.loads(Path(os.environ["LIBRARY_FILE"]).read_text(encoding="utf-8"))
    begin, end, named = sys.argv[1], sys.argv[2], (sys.argv[3] if len(sys.argv) > 3 else None)
    for figure, value in by_hand(described, everything, begin, end, named).items():
        print(figure, value, sep="\t")
