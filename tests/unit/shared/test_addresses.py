"""The grammar of addresses: what can be written to, and nothing besides."""

import pytest

from shared.addresses import is_address, untagged


@pytest.mark.parametrize(
    "text",
    ["rhian@patrons.example", "o'brien+tag@a-b.example", "x@a.b.c.d.example", "1=2@x.example"],
)
def test_a_plain_address_is_one(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rhian",
        "@patrons.example",
        "rhian@",
        "rhian@patrons",
        "a b@patrons.example",
        "rhian@patrons.example\r\nBcc: x@y.example",
        "rhian@patrons.example\n",
        "<rhian@patrons.example>",
        "rhian@patrons.example,other@x.example",
        "a\x85b@patrons.example",
        "a\u2028b@patrons.example",
        "a\ud800b@patrons.example",
        "a\u202eb@patrons.example",
        f"{'a' * 65}@patrons.example",
        f"rhian@{'a.' * 130}example",
    ],
)
def test_what_is_no_plain_address_is_none(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("Desk@LLANFAIR.example", "desk@llanfair.example"),
        ("desk+7k3m.token@llanfair.example", "desk@llanfair.example"),
        ("desk+a+b@llanfair.example", "desk@llanfair.example"),
        ("+desk@llanfair.example", "@llanfair.example"),
        ("", "@"),
    ],
)
def test_a_tag_and_the_case_make_no_other_mailbox(address: str, mailbox: str) -> None:
    assert untagged(address) == mailbox
