"""Whose request it is: a header counts only where its writer is trusted."""

import pytest

from shared.peer import client_of, networks

TRUSTED = networks("127.0.0.1, 10.0.0.0/8,fd00::/8")


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("192.0.2.7", [], "192.0.2.7"),
        # Attack class 31: who is no proxy of ours can't say who he is.
        ("192.0.2.7", ["198.51.100.1"], "192.0.2.7"),
        ("192.0.2.7", ["198.51.100.1, 127.0.0.1"], "192.0.2.7"),
        ("192.0.2.7", ["10.0.0.1"], "192.0.2.7"),
        ("127.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        # What the client itself wrote stands further to the left, and is not reached.
        ("127.0.0.1", ["198.51.100.1, 192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["198.51.100.1", "192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["10.0.0.9, 198.51.100.1, 192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["198.51.100.1, 192.0.2.7, 10.1.2.3"], "192.0.2.7"),
        # All of them ours, or nobody: the farthest that can be believed.
        ("127.0.0.1", ["10.1.2.3"], "10.1.2.3"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.7, unknown"], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.7, {$ne: 1}, 10.1.2.3"], "10.1.2.3"),
        # As some proxies write them.
        ("127.0.0.1", ["192.0.2.7:50211"], "192.0.2.7"),
        ("127.0.0.1", ["[2001:db8:1:2:3::4]:50211"], "2001:db8:1:2::/64"),
        ("::ffff:127.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("::ffff:192.0.2.7", [], "192.0.2.7"),
        ("fd00::1", ["192.0.2.7"], "192.0.2.7"),
        ("fe80::1%eth0", [], "fe80::/64"),
        # Whoever has one address of a /64 has them all.
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", [], "2001:db8:1:2::/64"),
        (None, ["192.0.2.7"], "unknown"),
        ("a socket", ["192.0.2.7"], "unknown"),
    ],
)
def test_whose_request_it_is(peer: str | None, forwarded_for: list[str], client: str) -> None:
    assert client_of(peer, forwarded_for, TRUSTED) == client


def test_with_no_trusted_proxy_no_header_counts() -> None:
    assert client_of("127.0.0.1", ["192.0.2.7"], networks("")) == "127.0.0.1"


@pytest.mark.parametrize("text", ["localhost", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.1;10.0.0.2"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        networks(text)


@pytest.mark.parametrize(
    "written", ["10.0.0.1,10.1.0.0/16", "10.0.0.1 10.1.0.0/16", " 10.0.0.1 , 10.1.0.0/16,"]
)
def test_networks_stand_between_commas_or_spaces(written: str) -> None:
    assert [str(one) for one in networks(written)] == ["10.0.0.1/32", "10.1.0.0/16"]
    assert networks(" ") == ()
