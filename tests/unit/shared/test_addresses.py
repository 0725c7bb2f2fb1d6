"""The grammar of addresses: what can be written to, and nothing besides."""

import pytest

from shared.addresses import is_address, is_international_address, untagged


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


@pytest.mark.parametrize(
    "text", ["siân@dŵr.example", "rhian@dŵr.example", "مكتبة@مثال.example", "図書@館.example"]
)
def test_an_address_beyond_ascii_is_one_for_relays_that_know_them(text: str) -> None:
    assert is_international_address(text)
    assert not is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "rhian@patrons.example",
        "siân",
        "siân@dŵr",
        "si\u0302an@x.example",
        "siân@dŵr.example\r\nBcc: x@y.example",
        "siân@dŵr.example, x@y.example",
        "<siân@dŵr.example>",
        "siân\u202e@dŵr.example",
        "siân\u200b@dŵr.example",
        "si\u00a0ân@dŵr.example",
        "siân\ud800@dŵr.example",
        "siân\u2028@dŵr.example",
        "siân@dŵr。example",
        f"{'â' * 65}@x.example",
        f"â@{'ŵŵŵŵŵŵŵŵŵŵŵŵŵŵŵŵŵŵŵŵ.' * 8}example",
    ],
)
def test_what_hides_something_or_is_too_long_is_none(text: str) -> None:
    assert not is_international_address(text)
