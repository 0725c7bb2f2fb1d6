"""Child processes of the development environment."""

import pytest

from deploy.local import processes
from deploy.local.processes import free_port


def test_a_port_is_given_to_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PRIVATE_PORTS", range(20000, 20060))
    given = [free_port() for _ in range(30)]
    assert len(set(given)) == 30
