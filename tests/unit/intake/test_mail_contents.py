"""What is in each letter of tests/mail/ whose .json says so (`mail`): one oddity a letter."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pytest

from services.intake.mail import Mail, read

FOLDER: Final = Path(__file__).parents[2] / "mail"
EXPECTED: Final = {
    one.stem: expected["mail"]
    for one in sorted(FOLDER.glob("*.json"))
    if "mail" in (expected := json.loads(one.read_text(encoding="utf-8")))
}


def found_in(mail: Mail, wanted: dict[str, Any]) -> dict[str, Any]:
    """What was understood, in the words of the .json."""
    rows = [asdict(one) for one in mail.attachments]
    said = " ".join(one.text for one in mail.remarks)
    text = mail.text.strip()
    every = {
        "name": mail.name,
        "sender": mail.sender,
        "address": mail.address,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "sent_at": mail.sent_at.isoformat() if mail.sent_at else None,
        "text": text,
        "text_contains": [one for one in wanted.get("text_contains", ()) if one in text],
        "html": mail.html.strip(),
        "attachments": [
            {
                "filename": one["filename"],
                "content_type": one["content_type"],
                "flags": list(one["flags"]),
            }
            for one in rows
        ],
        "attachments_named": [one["filename"] for one in rows],
        "attachment_text": [one["text"].splitlines()[-1] for one in rows if one["text"]],
        "inline": [one["inline"] for one in rows],
        "remarks": [one.code for one in mail.remarks],
        "remark_says": [one for one in wanted.get("remark_says", ()) if one in said],
    }
    return {name: every[name] for name in wanted}


def test_there_is_a_letter_for_each_oddity() -> None:
    assert len(EXPECTED) >= 50


@pytest.mark.parametrize("name", list(EXPECTED))
def test_what_is_in_a_letter_is_understood(name: str) -> None:
    mail = read((FOLDER / f"{name}.eml").read_bytes())
    assert found_in(mail, EXPECTED[name]) == EXPECTED[name]
