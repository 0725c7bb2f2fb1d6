"""How much may be under way at once."""

from ipaddress import ip_network

import pytest

from services.intake.room import ALWAYS_WELCOME, Room

KB = 1024


def room(connections: int = 6, per_address: int = 2, letter_bytes: int = 100 * KB) -> Room:
    trusted = (ip_network("192.0.2.7"), ip_network("2001:db8:7::/48"))
    return Room(connections, per_address, letter_bytes, trusted)


def test_connections_have_a_limit_in_all() -> None:
    full = room(connections=2)
    assert full.enter("127.0.0.1") is None
    assert full.enter("198.51.100.1") is None
    assert str(full.enter("127.0.0.1")).startswith("421 4.7.0 ")
    full.leave("198.51.100.1")
    assert full.enter("127.0.0.1") is None


def test_one_address_has_a_limit_of_its_own_and_gets_its_places_back() -> None:
    some = room()
    for _ in range(5):
        assert some.enter("198.51.100.1") is None
        assert some.enter("198.51.100.1") is None
        assert "from your address" in str(some.enter("198.51.100.1"))
        assert some.enter("198.51.100.2") is None
        for one in ("198.51.100.1", "198.51.100.1", "198.51.100.2"):
            some.leave(one)


@pytest.mark.parametrize(
    "peer",
    [
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "::ffff:127.0.0.1",
        "192.0.2.7",
        "::ffff:192.0.2.7",
        "2001:db8:7:1::9",
    ],
)
def test_the_mail_server_in_front_may_have_them_all(peer: str) -> None:
    some = room()
    assert [some.enter(peer) for _ in range(6)] == [None] * 6
    assert some.enter(peer) is not None


def test_the_addresses_of_one_network_of_version_6_are_one() -> None:
    some = room()
    assert some.enter("2001:db8::1") is None
    assert some.enter("2001:db8::ffff:2") is None
    assert some.enter("2001:db8:0:0:9::3") is not None
    assert some.enter("2001:db8:0:1::1") is None
    assert some.enter("fe80::1%eth0") is None
    assert some.enter("::ffff:198.51.100.1") is None


def test_large_letters_have_a_limit_in_all_and_ordinary_ones_are_always_welcome() -> None:
    some = room()
    large = ALWAYS_WELCOME + 60 * KB
    with some.hold() as first, some.hold() as second:
        assert first.grow_to(large)
        assert some.has(ALWAYS_WELCOME + 40 * KB)
        assert not some.has(large)
        assert not second.grow_to(large)
        assert second.grow_to(ALWAYS_WELCOME)
        assert second.grow_to(ALWAYS_WELCOME + 40 * KB)
        first.grow_to(0)
        assert second.grow_to(ALWAYS_WELCOME + 100 * KB)
    assert some.has(ALWAYS_WELCOME + 100 * KB)


def test_what_a_letter_held_is_free_again_however_it_ends() -> None:
    some = room()

    def fail() -> None:
        with some.hold() as place:
            assert place.grow_to(ALWAYS_WELCOME + 100 * KB)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert some.has(ALWAYS_WELCOME + 100 * KB)
