"""Files in letters: which go, which are linked, and that mail programs find them as they were."""

import email
import email.policy
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.notify.compose import Composer, Facts
from services.notify.enclosing import Encoder, as_mail, divided
from services.notify.letters import Outgoing
from services.notify.packing import NotNow, Packer, unpacked
from shared.attachments import MOST_OF_A_LETTER, MOST_WITHOUT_LINKS
from shared.contents import Stored
from shared.errors import Permanent, Transient
from shared.file_links import wanted_of
from shared.library import Library
from shared.messages import Notice
from shared.references import Seal
from tests import fakes
from tests.unit.examples import DESCRIPTION, NOW, REFERENCE, SECRET, document

LETTER_ID = "0f" * 16
LINKING = Library.model_validate(
    DESCRIPTION | {"links": {"address": "https://ask.llanfair.example", "days": 10}}
)
SEAL = Seal(SECRET)


class Read(fakes.Contents):
    """What `Contents` does besides, on a dictionary."""

    async def pieces(self, stored: Stored) -> AsyncIterator[bytes]:
        for number in range(-(-stored.size // stored.piece)):
            piece = await self.piece(stored, number)
            if piece is None:
                raise Transient("gone")
            yield piece


def row(name: str, content: bytes, kind: str = "application/pdf") -> dict[str, Any]:
    known = {"file": name, "filename": name, "content_type": kind, "size": len(content)}
    return known | {"state": "clean"}


def composed(*rows: dict[str, Any], library: Library = LINKING, **more: Any) -> Outgoing:
    known: dict[str, Any] = {
        "notice": Notice.REPLY,
        "reference": REFERENCE,
        "ticket": document(),
        "about": None,
    }
    known |= {"notice_id": "a" * 32, "words": "Here it is.", "author": "Mair Pretend"}
    facts = Facts(letter_id=LETTER_ID, asked_at=NOW, files=rows, **(known | more))
    return Composer(library, SEAL).compose(facts, NOW)


async def whole(letter: Outgoing, files: dict[str, bytes]) -> Any:
    """The letter, as a mail program reads it."""
    contents: Any = Read(files)
    async with Packer(contents).packed(letter) as content:
        assert all(len(one) <= 998 for one in content.split(b"\r\n"))
        assert b"\n" not in content.replace(b"\r\n", b"")
        return email.message_from_bytes(content, policy=email.policy.default)


@pytest.mark.parametrize("size", [0, 1, 56, 57, 58, 999, 1000, 1001, 100_000])
async def test_a_file_comes_out_as_it_went_in(size: int) -> None:
    content = bytes(number % 256 for number in range(size))
    letter = composed(row("map.pdf", content))
    read = await whole(letter, {"map.pdf": content})
    [part] = read.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("map.pdf", "application/pdf")
    assert part.get_payload(decode=True) == content
    assert "Here it is." in read.get_body(("plain",)).get_content()
    assert "Here it is." in read.get_body(("html",)).get_content()


async def test_several_files_keep_their_order_and_their_names() -> None:
    names = [
        *(
            "a.txt",
            "tŷ.pdf",
            "图书馆" * 60 + ".pdf",
            "x" * 196 + ".pdf",
            'a";b=c.pdf',
            "a'b%20.pdf",
        ),
        *("رسالة.pdf", "=?utf-8?q?a?=.pdf", "a\r\nX: y.pdf"),
    ]
    files = {name: name.encode() for name in names}
    read = await whole(composed(*(row(one, files[one]) for one in names)), files)
    parts = list(read.iter_attachments())
    assert [one.get_filename().replace("\r\n", "\n") for one in parts] == [
        one.replace("\r\n", "\n") for one in names
    ]
    assert [one.get_payload(decode=True) for one in parts] == list(files.values())
    assert read["X"] is None


@pytest.mark.parametrize(
    "kind", ["message/rfc822", "multipart/mixed", "text/html\r\nX: y", "", "no type"]
)
async def test_a_type_that_mail_would_read_is_only_bytes(kind: str) -> None:
    read = await whole(composed(row("a", b"From: x\r\n\r\ny", kind)), {"a": b"From: x\r\n\r\ny"})
    [part] = read.iter_attachments()
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_payload(decode=True) == b"From: x\r\n\r\ny"


def test_what_is_too_large_is_linked_and_the_rest_goes() -> None:
    rows = [{"size": one} for one in (9_000_000, 25_000_000, 1000, 8_000_000)]
    parted = divided(rows, None, may_link=True)
    assert (parted.carried, parted.linked) == ((2, 3), (0, 1))
    assert divided(rows, 5_000_000, may_link=True).carried == (2,)
    assert divided(rows, 50_000_000, may_link=True).carried == (2, 3)
    assert divided(rows, 1000, may_link=True).linked == (0, 1, 2, 3)
    assert divided(rows, None, may_link=False).carried == (0, 1, 2, 3)


def test_what_a_reply_may_carry_without_links_is_in_the_bound() -> None:
    assert as_mail(MOST_WITHOUT_LINKS) + 500_000 < MOST_OF_A_LETTER


def test_the_size_in_a_letter_is_known_before() -> None:
    for size in (0, 1, 56, 57, 58, 1000, 100_000):
        encoder = Encoder()
        assert len(encoder.add(bytes(size)) + encoder.end()) == as_mail(size)


def test_a_link_says_what_it_is_and_until_when_in_both_parts() -> None:
    letter = composed({**row("map.pdf", b""), "size": 25_000_000})
    assert letter.enclosed == ()
    [url] = [one for one in letter.text.split() if one.startswith("https://ask.llanfair.example")]
    wanted = wanted_of(SEAL, url.rpartition("/")[2], NOW)
    assert wanted is not None
    assert (wanted.letter_id, wanted.number) == (LETTER_ID, 0)
    assert (wanted.until - NOW).days == 10
    assert "map.pdf (25 MB" in letter.text
    read: Any = email.message_from_bytes(letter.content, policy=email.policy.default)
    assert read.get_content_type() == "multipart/alternative"
    assert f'href="{url}"' in read.get_body(("html",)).get_content()


def test_a_letter_that_is_composed_again_has_the_same_link() -> None:
    large = {**row("map.pdf", b""), "size": 25_000_000}
    assert composed(large).text == composed(large).text


async def test_one_letter_with_files_is_in_memory_at_a_time() -> None:
    contents: Any = Read({"a": b"x"})
    packer, letter = Packer(contents, patience=0.05), composed(row("a", b"x"))
    async with packer.packed(letter):
        with pytest.raises(NotNow):
            await packer.packed(letter).__aenter__()
        async with packer.packed(composed()) as content:  # those without don't wait
            assert content == composed().content
    async with packer.packed(letter):
        pass


async def test_a_file_that_is_gone_is_never_left_out_in_silence() -> None:
    contents: Any = Read({})
    with pytest.raises(Permanent):
        await Packer(contents).packed(composed(row("a", b"x"))).__aenter__()
    with pytest.raises(Permanent):
        await unpacked(composed(row("a", b"x"))).__aenter__()


# What the patron prefers.


async def test_who_wants_links_gets_every_file_by_one() -> None:
    rows = (row("map.pdf", b"x"), row("notes.docx", b"y"))
    letter = composed(*rows, ticket=document(format="links"))
    assert letter.enclosed == ()
    assert "Here are links instead of files, as you prefer:" in letter.text
    for name in ("map.pdf", "notes.docx"):
        link = f"- {name} (1 MB, works until Thursday 3 December 2026): https://ask.llanfair.example/a/"
        assert link in letter.text


async def test_who_wants_links_where_there_are_none_is_told_and_gets_the_files() -> None:
    library = Library.model_validate(DESCRIPTION)
    letter = composed(row("map.pdf", b"x"), library=library, ticket=document(format="links"))
    assert [one.filename for one in letter.enclosed] == ["map.pdf"]
    assert "With this letter comes a file: map.pdf. You prefer links to files;" in letter.text


async def test_files_go_with_a_letter_that_is_plain_text_alone() -> None:
    letter = composed(row("map.pdf", b"0123"), ticket=document(format="plain-text"))
    read = await whole(letter, {"map.pdf": b"0123"})
    kinds = [one.get_content_type() for one in read.walk()]
    assert kinds == ["multipart/mixed", "text/plain", "application/pdf"]
    assert [one.defects for one in read.walk()] == [[], [], []]
    assert "Here it is." in read.get_body(("plain",)).get_content()
    [part] = read.iter_attachments()
    assert part.get_payload(decode=True) == b"0123"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["a.pdf"], "With this letter comes a file: a.pdf."),
        (["a.pdf", "b.pdf"], "With this letter come 2 files: a.pdf and b.pdf."),
        (["a.pdf", "b.pdf", "c.pdf"], "With this letter come 3 files: a.pdf, b.pdf, and c.pdf."),
    ],
)
def test_a_letter_names_the_files_that_come_with_it(names: list[str], told: str) -> None:
    assert told in composed(*(row(one, b"x") for one in names)).text
