"""What stands in the document of a letter, as far as no database is needed to see it."""

from dataclasses import replace

from services.intake.letter import Bounce
from services.intake.store import _document
from tests.unit.examples import REFERENCE, kept_letter


def test_a_bounce_is_stored_with_its_letter() -> None:
    bounce = Bounce(("gwen@patrons.example",), permanent=True, status="5.1.1")
    letter = replace(kept_letter("one"), bounce=bounce)
    assert _document(letter, REFERENCE, None)["bounce"] == {
        "recipients": ("gwen@patrons.example",),
        "permanent": True,
        "status": "5.1.1",
        "original_message_id": None,
    }
    assert _document(kept_letter("two"), REFERENCE, None)["bounce"] is None


def test_the_envelope_is_stored_with_its_letter() -> None:
    letter = kept_letter(envelope_from="rhian@patrons.example", recipients=("a@b.example",))
    document = _document(letter, REFERENCE, None)
    assert document["envelope_from"] == "rhian@patrons.example"
    assert document["recipients"] == ("a@b.example",)
    assert _document(kept_letter(), REFERENCE, None)["envelope_from"] is None
