"""What several tests of notify share."""

import pytest

from tests.unit.notify.sending_house import House


@pytest.fixture
def house() -> House:
    return House()
