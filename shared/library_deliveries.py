"""What the library file says of accessible copies: how often publishers are asked, and when
somebody looks at an item again. All in open days: days on which the team is there."""

from typing import Annotated

from pydantic import BaseModel, Field

from shared.toml_file import STRICT

_Days = Annotated[int, Field(ge=1, le=100)]


class Deliveries(BaseModel):
    """`[deliveries]`."""

    model_config = STRICT

    chase_after_open_days: _Days = 10
    """A publisher who has not answered is asked again after so many."""
    chasers: Annotated[int, Field(ge=0, le=20)] = 3
    """After so many it is somebody's to find another way."""
    look_after_open_days: _Days = 5
    """Whoever has the ticket is told so often of an item that waits for them."""
    read_within_open_days: _Days = 1
    """How soon somebody is to read what a publisher wrote, or look at what came."""
    press_before_open_days: _Days = 3
    """So long before it is needed an item is put first."""
    batch_open_days: _Days = 5
    """Where a patron prefers several together: how long the first that is ready waits."""
