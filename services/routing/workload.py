"""How much each owner has, as MongoDB counts it. Pure."""

from datetime import timedelta
from typing import Any, Final

from services.routing.assign import GROWS, WAITING
from services.routing.status import ENDED, Status

Document = dict[str, Any]

AT_WORK: Final = [one.value for one in Status if one not in ENDED]
OWNED: Final[Document] = {"owner.id": {"$type": "string"}, "status": {"$in": AT_WORK}}
_WAITING: Final = [Status.WAITING_PATRON.value, Status.WAITING_THIRD_PARTY.value]
_AGE: Final[Document] = {
    "$divide": [{"$subtract": ["$$NOW", "$created_at"]}, GROWS / timedelta(milliseconds=1)]
}
LOAD: Final[Document] = {
    "count": {"$sum": 1},
    "unanswered": {"$sum": {"$cond": [{"$gt": ["$answered_at", None]}, 0, 1]}},
    # The same as `assign.weight_of`, where the tickets are.
    "weight": {
        "$sum": {
            "$multiply": [
                {"$cond": [{"$in": ["$status", _WAITING]}, WAITING, 1]},
                {"$add": [1, {"$min": [1, {"$max": [0, _AGE]}]}]},
            ]
        }
    },
}
