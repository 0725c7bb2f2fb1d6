"""How hypothesis looks for counterexamples, in every property test.

In `make test` it takes the same examples every time, so that a failure is never luck. In
`make test-long` (PROPERTY_TESTS=long) it takes fifty times as many, other ones every time, and a
failure prints how to have it again.
"""

import os
from typing import Final

from hypothesis import HealthCheck, Phase, settings

LONG: Final = os.environ.get("PROPERTY_TESTS") == "long"
_TIMES: Final = 50 if LONG else 1


def examples(count: int) -> settings:
    """So many examples in `make test`, and fifty times as many in `make test-long`."""
    return settings(max_examples=count * _TIMES)


def use_profile() -> None:
    """What holds for every property test; those that say nothing else take 60 examples."""
    settings.register_profile(
        "desk",
        max_examples=60 * _TIMES,
        deadline=None,
        database=None,
        derandomize=not LONG,
        print_blob=LONG,
        # Not the one that explains: it traces every line, and takes minutes.
        phases=[one for one in Phase if one is not Phase.explain],
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("desk")
