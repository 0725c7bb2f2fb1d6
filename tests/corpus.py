"""Scores the understanding of mail against a folder of mail that is not ours: `make corpus`.

The folder holds `expected.jsonl` (what is known of each message) and `robustness.jsonl` (messages
that need only be survived). None of it is copied here. Each line of the table is a source, each
column a field, each cell what was right in per cent, and of how many.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from services.intake.bounce import bounce_of
from services.intake.letter import Bounce
from services.intake.mail import Mail, Unreadable, read
from services.intake.reply_text import Words, split, split_html
from services.intake.screen import automatic

FIELDS: Final = (
    "from", "name", "subject", "body", "attachments", "threading",
    "bounce", "recipients", "auto", "reply",
)  # fmt: skip
_SLOW: Final = 2.0
"""Seconds."""
_OWN: Final = frozenset({"enquiries@llanfair.example"})
_NOTHING: Final = Mail({}, (), "", "", None, "", None, "", "", False, None, (), (), (), ())
"""What is understood of mail that can't be read: each expectation of it is missed."""
Expected = dict[str, Any]


@dataclass(frozen=True)
class Understood:
    """What was made of one message."""

    mail: Mail
    bounce: Bounce | None
    automatic: str | None
    words: Words


@dataclass(frozen=True)
class Mark:
    """Whether one field of one message was right."""

    source: str
    file: str
    field: str
    is_right: bool
    was: object


def understand(raw: bytes) -> Understood:
    """What intake makes of a message."""
    bounce = bounce_of(raw)
    try:
        mail = read(raw)
    except Unreadable:
        return Understood(_NOTHING, bounce, None, split(""))
    words = split(mail.text)
    return Understood(mail, bounce, automatic(mail, words.new, None, _OWN, bounce=bounce), words)


def _understood(raw: bytes, kind: str) -> Understood:
    """What intake makes of a message, or of a body alone."""
    if kind == "eml":
        return understand(raw)
    body = raw.decode("utf-8", "replace")
    return Understood(_NOTHING, None, None, split_html(body) if kind == "html" else split(body))


def _bare(ids: object) -> list[str]:
    """Message-IDs without their brackets, whether one is expected or a list."""
    listed = ids if isinstance(ids, list | tuple) else [ids] if ids else []
    return [str(one).strip("<> ") for one in listed]


def _words(text: str) -> str:
    return " ".join(text.split())


def _attachments(expected: Expected, was: Understood) -> tuple[bool, object] | None:
    if not {"attachments", "attachment_count"} & expected.keys():
        return None
    names = [one.declared_name or one.filename for one in was.mail.attachments]
    is_right = len(names) == expected.get("attachment_count", len(names))
    return is_right and set(expected.get("attachments", [])) <= set(names), names


def _body(expected: Expected, was: Understood) -> tuple[bool, object] | None:
    if not {"body_contains", "body_not_contains"} & expected.keys():
        return None
    text = _words(was.mail.text)
    missing = [one for one in expected.get("body_contains", []) if _words(one) not in text]
    extra = [one for one in expected.get("body_not_contains", []) if _words(one) in text]
    return not missing and not extra, missing + extra


def _threading(expected: Expected, was: Understood) -> tuple[bool, object] | None:
    known = [one for one in ("message_id", "in_reply_to", "references") if one in expected]
    if not known:
        return None
    found = {one: _bare(getattr(was.mail, one)) for one in known}
    return all(found[one] == _bare(expected[one]) for one in known), found


def _recipients(expected: Expected, was: Understood) -> tuple[bool, object] | None:
    if "bounce_recipients" not in expected:
        return None
    found = {one.lower() for one in was.bounce.recipients} if was.bounce else set()
    return found == {one.lower() for one in expected["bounce_recipients"]}, sorted(found)


def _bounce(expected: Expected, was: Understood) -> tuple[bool, object] | None:
    if "is_bounce" not in expected:
        return None
    is_right = (was.bounce is not None) == expected["is_bounce"]
    if was.bounce and "bounce_temporary" in expected:
        is_right &= was.bounce.permanent != expected["bounce_temporary"]
    if was.bounce and "bounce_status" in expected:
        is_right &= was.bounce.status in expected["bounce_status"]
    return is_right, was.bounce


def _header(name: str, of: Callable[[Mail], object]) -> Callable[..., tuple[bool, object] | None]:
    def marked(expected: Expected, was: Understood) -> tuple[bool, object] | None:
        if name not in expected:
            return None
        return of(was.mail) == expected[name], of(was.mail)

    return marked


def _auto(expected: Expected, was: Understood) -> tuple[bool, object] | None:
    if "is_auto_reply" not in expected:
        return None
    return (was.automatic is not None) == expected["is_auto_reply"], was.automatic


def _reply(expected: Expected, was: Understood) -> tuple[bool, object] | None:
    """The new words, with the signature where it is counted among them.

    How much space stands between words is nobody's business, and in HTML whether there is any: that
    is in its style.
    """
    if not {"reply_only_text", "reply_contains", "reply_not_contains"} & expected.keys():
        return None
    keeps = expected.get("policy") == "strip-quotes"
    said = f"{was.words.new}\n{was.words.signature}" if keeps else was.words.new
    flat = "".join if expected["input"] == "html" else " ".join
    text = flat(said.split())
    only = expected.get("reply_only_text")
    missing = [one for one in expected.get("reply_contains", []) if flat(one.split()) not in text]
    extra = [one for one in expected.get("reply_not_contains", []) if flat(one.split()) in text]
    is_right = only is None or flat(only.split()) == text
    return is_right and not missing and not extra, said


MARKED: Final[dict[str, Callable[[Expected, Understood], tuple[bool, object] | None]]] = {
    "from": _header("from_addr", lambda mail: mail.sender),
    "name": _header("from_name", lambda mail: mail.name),
    "subject": _header("subject", lambda mail: mail.subject),
    "body": _body,
    "attachments": _attachments,
    "threading": _threading,
    "bounce": _bounce,
    "recipients": _recipients,
    "auto": _auto,
    "reply": _reply,
}


def marks(expected: Expected, was: Understood) -> Iterator[Mark]:
    """What was right and wrong of one message. One that can't be read has every field wrong."""
    for field, marked in MARKED.items():
        mark = marked(expected, was)
        if mark is not None:
            yield Mark(expected["source"], expected["file"], field, *mark)


def _table(found: list[Mark]) -> Iterator[str]:
    yield "".join(f"{one:>14}" for one in ("", *FIELDS))
    for source in sorted({mark.source for mark in found}):
        row = (_share([one for one in found if (one.source, one.field) == (source, field)])
               for field in FIELDS)  # fmt: skip
        yield f"{source:>14}" + "".join(f"{cell:>14}" for cell in row)


def _share(of: list[Mark]) -> str:
    right = sum(mark.is_right for mark in of)
    return f"{100 * right / len(of):.0f} ({right}/{len(of)})" if of else "-"


def main(folder: Path) -> int:
    """Read every message of the folder, print what was wrong, the table and the line."""
    found: list[Mark] = []
    raised = slow = 0
    for name in ("expected.jsonl", "robustness.jsonl"):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            expected = json.loads(line)
            began = time.perf_counter()
            try:
                raw = (folder / expected["file"]).read_bytes()
                found += marks(expected, _understood(raw, expected["input"]))
            except Exception as error:  # whatever it is, it is counted and told
                raised += 1
                print(f"raised: {expected['file']}: {error!r}")
            slow += time.perf_counter() - began > _SLOW
    for mark in found:
        if not mark.is_right:
            print(f"{mark.field}: {mark.file}: {mark.was!r}"[:300])
    print("\n".join(_table(found)))
    shares = [(field, _share([one for one in found if one.field == field])) for field in FIELDS]
    print("corpus:", *(f"{field}={share.split()[0]}" for field, share in shares), end=" ")
    print(f"raised={raised} slow={slow}")
    return 1 if raised or slow else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
