"""How hypothesis looks for counterexamples: the same ones every time, so that a failure is never
luck, and few enough for seconds."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "desk",
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("desk")
