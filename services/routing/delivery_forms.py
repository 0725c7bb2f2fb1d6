"""The form of a delivery's copies, from what a request says of it, the ticket, and what is there
already. Pure: whoever is asked where nobody says it is not decided here."""

from collections.abc import Mapping
from typing import Any

from services.routing.deliveries.delivery import Delivery
from services.routing.deliveries.wishes import still_meant, wishes_of
from services.routing.delivery_bodies import DeliveryChangeIn
from shared.preferences import preferences_of


def form_of(
    said: Mapping[str, Any], of_ticket: str | None, before: Mapping[str, Any]
) -> dict[str, Any]:
    """The format and the wishes of a new delivery: as `said`, else as the ticket says (what it says
    of letters alone is no form of copies), else as before."""
    asked = of_ticket or ""
    if not wishes_of(asked) and preferences_of(asked).links:
        asked = ""
    wishes = said.get("wishes")
    if wishes is not None and wishes.get("format") and "format" not in said:
        return {"format": "", "wishes": wishes}
    written = said.get("format") or asked or before.get("format", "")
    if wishes is None:
        wishes = still_meant(before.get("wishes", {}), before.get("format", ""), written)
    return {"format": written, "wishes": wishes}


def changes_of(body: DeliveryChangeIn, was: Delivery) -> dict[str, Any]:
    """What is new of a delivery: wishes of another format go, and so do words for another."""
    known = {name: getattr(body, name) for name in body.model_fields_set}
    for name in ("format", "wishes"):
        if known.get(name, "") is None:
            del known[name]
    if body.wishes is not None:
        known["wishes"] = body.wishes.model_dump(exclude_none=True)
        wanted = body.wishes.format
        if wanted and "format" not in known and wishes_of(was.format).get("format") != wanted:
            known["format"] = ""
    elif "format" in known:
        known["wishes"] = still_meant(was.wishes, was.format, known["format"])
    return known
