"""Mail as it comes, and as an attacker sends it: understood, or `Unreadable`, and quickly."""

import time
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.charsets import decoded_bytes
from services.intake.headers import decoded
from services.intake.mail import Mail, Unreadable, read
from shared.attachments import Attachment
from tests.builders import mail
from tests.properties import examples


def lines(*texts: str | bytes) -> bytes:
    """A mail of these lines; text stands in UTF-8."""
    return b"\r\n".join(one.encode() if isinstance(one, str) else one for one in texts) + b"\r\n"


FROM: Final = "From: Rhian Example <rhian@patrons.example>"


def header(line: str | bytes) -> Mail:
    """A mail with this header besides From."""
    return read(lines(FROM, line, "", "words"))


def body(head: str, content: bytes) -> Mail:
    """A mail with these MIME headers (one string, CRLF between) and this content."""
    return read(lines(FROM, "Subject: x", "MIME-Version: 1.0", head, "", content))


# Headers.


def test_a_plain_mail_is_read() -> None:
    found = read(
        mail(
            subject="Opening hours",
            text="When are you open?",
            Message_ID="<second@patrons.example>",
            In_Reply_To="<first@llanfair.example>",
            References="<zeroth@patrons.example> <first@llanfair.example>",
        )
    )
    assert (found.name, found.address) == ("Rhian Example", "rhian@patrons.example")
    assert (found.subject, found.text.strip()) == ("Opening hours", "When are you open?")
    assert found.message_id == "<second@patrons.example>"
    assert found.in_reply_to == ("<first@llanfair.example>",)
    assert found.references == ("<zeroth@patrons.example>", "<first@llanfair.example>")
    assert found.attachments == ()
    assert found.header("date") == "Sun, 22 Nov 2026 10:00:00 +0000"
    assert found.header("nothing") is None


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("=?utf-8?q?Caf=C3=A9?=", "Café"),
        ("=?UTF-8?B?U2nDom4=?=", "Siân"),
        ("=?iso-8859-1?q?Caf=E9?= hours", "Café hours"),
        ("=?utf-8?q?one_?= =?utf-8?q?word?=", "one word"),
        ("=?utf-8?q?Caf=C3?= =?utf-8?q?=A9?=", "Café"),
        ("Re: =?windows-1256?b?48rI?=", "Re: متب"),
        ("=?gb2312?b?zbzK6bnd?=", "图书馆"),
        ("=?utf-8*cy?q?Llyfrgell?=", "Llyfrgell"),
        ("=?unknown-charset?q?plain?=", "plain"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        ("=?utf-8?x?what?=", "=?utf-8?x?what?="),
        ("no = question ? here", "no = question ? here"),
    ],
)
def test_encoded_words_in_a_subject_are_read(written: str, read_as: str) -> None:
    assert header(f"Subject: {written}").subject == read_as


def test_encoded_words_in_a_name_are_read() -> None:
    found = read(lines("From: =?utf-8?q?Si=C3=A2n?= Example <sian@patrons.example>", "", "x"))
    assert (found.name, found.address) == ("Siân Example", "sian@patrons.example")


@pytest.mark.parametrize("raw", ["Café".encode(), "Café".encode("cp1252")])
def test_bytes_over_127_that_stand_raw_in_a_header_are_read(raw: bytes) -> None:
    assert header(b"Subject: " + raw).subject == "Café"
    found = read(lines(b"From: " + raw + b" <rhian@patrons.example>", "", "x"))
    assert (found.name, found.address) == ("Café", "rhian@patrons.example")


def test_a_folded_header_is_one_line() -> None:
    assert header("Subject: one\r\n two\r\n\tthree").subject == "one two\tthree"


@pytest.mark.parametrize(
    "written",
    [
        "=?utf-8?q?one=0D=0ABcc:_evil@x.example?=",
        "=?utf-8?b?b25lDQpCY2M6IGV2aWxAeC5leGFtcGxl?=",
        "=?utf-8?q?one=0ABcc:_evil@x.example?=",
        "=?utf-8?q?one=E2=80=A8Bcc:_evil@x.example?=",
        "=?utf-8?q?one=00=C2=85Bcc:_evil@x.example?=",
    ],
)
def test_no_break_survives_in_a_decoded_header(written: str) -> None:
    assert header(f"Subject: {written}").subject == "one Bcc: evil@x.example"


def test_a_bare_carriage_return_ends_a_header() -> None:
    found = header("Subject: one\rX-Other: two")
    assert (found.subject, found.header("x-other")) == ("one", "two")


def test_without_a_message_id_there_is_none() -> None:
    found = read(lines(FROM, "Subject: x", "", "words"))
    assert found.message_id is None
    assert found.in_reply_to == found.references == ()


@pytest.mark.parametrize("written", ["", "none", "<>", "<a b>", "a b@x.example", "<a<b>"])
def test_what_is_no_message_id_is_none(written: str) -> None:
    found = header(f"Message-ID: {written}").message_id
    assert found is None or found == "<b>"


def test_a_message_id_without_its_brackets_is_read() -> None:
    found = header("Message-ID: first@patrons.example")
    assert found.message_id == "<first@patrons.example>"
    assert found.remarks == ()


def test_at_most_a_hundred_references_are_kept() -> None:
    many = "\r\n ".join(f"<{one}@x.example>" for one in range(300))
    assert len(header(f"References: {many}").references) == 100


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("rhian@patrons.example", "", "rhian@patrons.example"),
        ("<rhian@patrons.example>", "", "rhian@patrons.example"),
        ('"Example, Rhian" <rhian@patrons.example>', "Example, Rhian", "rhian@patrons.example"),
        (
            "Rhian <rhian@patrons.example>, Other <other@x.example>",
            "Rhian",
            "rhian@patrons.example",
        ),
        ("rhian@patrons.example (Rhian Example)", "Rhian Example", "rhian@patrons.example"),
        ("Rhian", "Rhian", None),
        ("Rhian <>", "Rhian", None),
        ("Rhian <rhian@localhost>", "Rhian", None),
        ("Rhian <rhian at patrons.example>", "Rhian", None),
        ('Rhian <"rhian x"@patrons.example>', "Rhian", None),
        ("Rhian <rhian@[127.0.0.1]>", "Rhian", None),
        ("", "", None),
    ],
)
def test_a_sender_is_read_as_far_as_it_can_be(written: str, name: str, address: str | None) -> None:
    found = read(lines(f"From: {written}", "", "words"))
    assert (found.name, found.address) == (name, address)


def test_the_name_of_another_address_never_becomes_the_sender() -> None:
    found = read(lines("From: rhian@patrons.example)other@x.example", "", "words"))
    assert found.address in {None, "rhian@patrons.example"}
    found = read(lines("From: <rhian@patrons.example>\r\nFrom: other@x.example", "", "words"))
    assert found.address == "rhian@patrons.example"


def test_without_a_sender_there_is_no_address() -> None:
    assert read(lines("Subject: x", "", "words")).address is None


def test_without_a_from_whoever_waits_for_the_answer_is_the_sender() -> None:
    found = read(lines("From: undisclosed:;", "Reply-To: rhian@patrons.example", "", "words"))
    assert found.address == "rhian@patrons.example"
    assert [one.code for one in found.remarks] == ["sender_taken_from"]


# Bodies.


@pytest.mark.parametrize(
    ("head", "content", "text"),
    [
        ("X: no type at all", b"words", "words"),
        ("Content-Type: text/plain", "Siân".encode(), "Siân"),
        ("Content-Type: text/plain", "Siân".encode("cp1252"), "Siân"),
        ("Content-Type: text/plain; charset=iso-8859-1", "Siân".encode("latin-1"), "Siân"),
        ("Content-Type: text/plain; charset=us-ascii", "Siân".encode(), "Siân"),
        ("Content-Type: text/plain; charset=no-such", "Siân".encode(), "Siân"),
        ("Content-Type: text/plain; charset=utf-8", "Siân".encode("cp1252"), "Siân"),
        ("Content-Type: text/plain; charset=shift_jis", "図書館".encode("shift_jis"), "図書館"),
        (
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64",
            b"U2nDom4=",
            "Siân",
        ),
        (
            "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable",
            b"Si=C3=A2n",
            "Siân",
        ),
        (
            "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64",
            b"!!! not base64",
            "!!! not base64",
        ),
        ("Content-Type: text/html", b"<p>When are you <b>open</b>?</p>", "When are you open?"),
        ("Content-Type: text/html; charset=utf-8", "<p>Siân &amp; co</p>".encode(), "Siân & co"),
        ("Content-Type: text/html", b"<script>alert(1)</script><p>words</p>", "words"),
        ("Content-Type: text/html", b"<!-- nothing -->", ""),
        ("Content-Type: text/html", b"", ""),
    ],
)
def test_words_are_read_whatever_they_are_written_in(head: str, content: bytes, text: str) -> None:
    assert body(head, content).text.strip() == text


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_more_words_than_a_document_holds_are_shortened_and_it_says_so(kind: str) -> None:
    found = body(f"Content-Type: text/{kind}", b"word " * 400_000)
    assert found.text.startswith("word word")
    assert len(found.text) < 1_000_000
    assert "as it came" in found.text[-100:]


def test_plain_text_is_preferred_to_html() -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = "rhian@patrons.example"
    message.set_content("plain words")
    message.add_alternative("<p>rich words</p>", subtype="html")
    assert read(message.as_bytes()).text.strip() == "plain words"


def test_html_is_read_where_the_plain_part_is_empty() -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = "rhian@patrons.example"
    message.set_content(" \n")
    message.add_alternative("<p>rich words</p>", subtype="html")
    assert read(message.as_bytes()).text.strip() == "rich words"


def attached(disposition: str) -> tuple[Attachment, ...]:
    """What a mail has attached with this Content-Disposition."""
    found = read(
        lines(
            FROM,
            "Content-Type: multipart/mixed; boundary=cut",
            "",
            "--cut",
            "",
            "words",
            "--cut",
            "Content-Type: application/pdf",
            f"Content-Disposition: {disposition}",
            "Content-Transfer-Encoding: base64",
            "",
            "JVBERi0=",
            "--cut--",
        )
    )
    assert found.text.strip() == "words"
    return found.attachments


@pytest.mark.parametrize(
    ("disposition", "filename"),
    [
        ("attachment; filename=map.pdf", "map.pdf"),
        ('attachment; filename="old map.pdf"', "old map.pdf"),
        ("attachment; filename*=utf-8''%C3%A9glise.pdf", "église.pdf"),
        ("attachment; filename*0=old-; filename*1=map.pdf", "old-map.pdf"),
        ('attachment; filename="=?utf-8?q?=C3=A9glise.pdf?="', "église.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="=?utf-8?q?a=0D=0Ab?="', "a b"),
        ('inline; filename="a.pdf"', "a.pdf"),
        ("attachment", "attachment-1.pdf"),
    ],
)
def test_what_is_attached_is_named_as_its_sender_did(disposition: str, filename: str) -> None:
    [found] = attached(disposition)
    assert (found.filename, found.content_type, found.size) == (filename, "application/pdf", 5)
    assert found.content == b"%PDF-"


def test_a_file_name_whose_bytes_stand_raw_is_read() -> None:
    [found] = attached('attachment; filename="église.pdf"')
    assert found.filename == "église.pdf"


def test_a_forwarded_message_is_an_attachment_and_its_words_are_not_the_patrons() -> None:
    found = read(
        lines(
            FROM,
            "Content-Type: multipart/mixed; boundary=cut",
            "",
            "--cut",
            "",
            "please see below",
            "--cut",
            "Content-Type: message/rfc822",
            "",
            "From: other@x.example",
            "Subject: inner",
            "",
            "inner words",
            "--cut--",
        )
    )
    assert found.text.strip() == "please see below"
    assert [one.content_type for one in found.attachments] == ["message/rfc822"]
    assert found.address == "rhian@patrons.example"


@pytest.mark.parametrize(
    "raw",
    [
        lines(FROM, "Content-Type: multipart/mixed", "", "no boundary at all"),
        lines(FROM, "Content-Type: multipart/mixed; boundary=cut", "", "--cut", "", "never closed"),
        lines(FROM, "Content-Type: multipart/mixed; boundary=cut", "", "nothing"),
        lines(FROM, "this is no header", "", "words"),
        lines(": no name", FROM, "", "words"),
        lines(" begins with a space", FROM, "", "words"),
        b"",
        b"\r\n\r\n",
        b"\n",
        b"\x00" * 100,
        b"From: rhian@patrons.example\nSubject: x\n\nbare line feeds\n",
        b"From: rhian@patrons.example\rSubject: x\r\rbare carriage returns\r",
    ],
)
def test_a_malformed_mail_is_read_as_far_as_it_goes(raw: bytes) -> None:
    assert isinstance(read(raw), Mail)


# Attacks.


def _nested(depth: int) -> bytes:
    parts = [FROM, "Content-Type: multipart/mixed; boundary=b0", ""]
    for one in range(1, depth):
        parts += [f"--b{one - 1}", f"Content-Type: multipart/mixed; boundary=b{one}", ""]
    return lines(*parts, f"--b{depth - 1}", "", "words")


def test_parts_nested_deep_but_not_too_deep_are_read() -> None:
    assert read(_nested(15)).text.strip() == "words"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (_nested(40), "nested too deep"),
        (_nested(2000), "nested too deep|RecursionError"),
        (lines(FROM, *["X: y"] * 100_000, "", "words"), "headers are too large"),
        (lines("From: " + "(" * 5000, "", "words"), "RecursionError"),
        (
            lines(FROM, "Content-Type: multipart/mixed; boundary=c", "", *["--c", "", "x"] * 300),
            "too many parts",
        ),
        (
            lines(FROM, "Content-Type: multipart/mixed; boundary=c", "", *["--c", "", ""] * 90_000),
            "too many parts",
        ),
    ],
    ids=["deep", "very deep", "headers", "comments", "parts", "very many parts"],
)
def test_what_only_an_attack_has_is_unreadable_and_says_why(raw: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(raw)


_MUCH: Final = 250_000
BOMBS: Final = {
    "open encoded words": b"Subject: " + b"=?" * (_MUCH // 2),
    "half encoded words": b"Subject: " + b"=?a?q?" * (_MUCH // 6),
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * (_MUCH // 14),
    "commas": b"From: " + b"," * _MUCH,
    "angles": b"From: " + b"<" * _MUCH,
    "senders": b"From: " + b"a," * (_MUCH // 2),
    "dots": b"From: " + b"a." * (_MUCH // 2) + b"@x.example",
    "quotes": b'From: "' + b'\\"' * (_MUCH // 2),
    "open message ids": b"References: " + b"<a" * (_MUCH // 2),
    "folds": b"Subject: " + b"\r\n a" * (_MUCH // 4),
    "boundary": b"Content-Type: multipart/mixed; boundary=" + b"a" * _MUCH,
}
SLOW_BOMBS: Final = {
    "semicolons": b"Content-Type: text/plain" + b";" * _MUCH,
    "many headers of one name": b"\r\n".join(b"a: b" for _ in range(_MUCH // 6)),
}


def _seconds(raw: bytes) -> float:
    began = time.process_time()
    with suppress(Unreadable):
        read(raw)
    return time.process_time() - began


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_header_bomb_takes_no_longer_than_a_moment(name: str) -> None:
    assert _seconds(BOMBS[name] + b"\r\n\r\nwords") < 4


@pytest.mark.parametrize("name", sorted(SLOW_BOMBS))
def test_a_header_bomb_that_was_slow_takes_no_longer_than_a_moment(name: str) -> None:
    # A third of what is allowed: the whole takes a quarter of a minute.
    assert _seconds(SLOW_BOMBS[name][: _MUCH // 3] + b"\r\n\r\nwords") < 0.2


def test_the_headers_of_a_part_are_limited_too() -> None:
    part = b"Content-Disposition: a" + b";" * 100_000
    raw = lines(FROM, "Content-Type: multipart/mixed; boundary=c", "", "--c", part, "", "x")
    assert _seconds(raw) < 0.2


# Whatever comes.

ENTIRE: Final = lines(
    "From: =?utf-8?q?Si=C3=A2n?= <rhian@patrons.example>",
    "Subject: =?iso-8859-1?q?Caf=E9?=",
    "Message-ID: <1@patrons.example>",
    "References: <0@patrons.example>",
    "Content-Type: multipart/mixed; boundary=cut",
    "",
    "--cut",
    "Content-Type: text/html; charset=utf-8",
    "Content-Transfer-Encoding: quoted-printable",
    "",
    "<p>Si=C3=A2n</p>",
    "--cut",
    "Content-Type: application/pdf; name*=utf-8''a%20b.pdf",
    "Content-Disposition: attachment; filename*0=a; filename*1=b",
    "Content-Transfer-Encoding: base64",
    "",
    "JVBERi0=",
    "--cut--",
)


def understood(raw: bytes) -> Mail | None:
    try:
        return read(raw)
    except Unreadable:
        return None


@examples(300)
@given(st.binary(max_size=400))
def test_no_bytes_at_all_do_anything_but_mail_or_unreadable(raw: bytes) -> None:
    understood(raw)
    understood(b"From: a@b.example\r\n" + raw)
    understood(b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + raw)


@examples(300)
@given(
    st.lists(st.tuples(st.integers(0, len(ENTIRE)), st.binary(max_size=6)), min_size=1, max_size=5)
)
def test_no_mutated_mail_does_anything_but_mail_or_unreadable(
    changes: list[tuple[int, bytes]],
) -> None:
    places = [0, *sorted(place for place, _ in changes), len(ENTIRE)]
    pieces = [ENTIRE[begin:end] for begin, end in pairwise(places)]
    filled = [b"", *(put for _, put in changes)]
    understood(b"".join(put + piece for put, piece in zip(filled, pieces, strict=True)))


HEADERS: Final = ("From", "Subject", "Message-ID", "References", "Content-Type", "In-Reply-To")
CHARSETS: Final = ("utf-8", "utf-7", "utf-16", "iso-2022-jp", "hz", "idna", "punycode", "undefined")


@given(st.sampled_from(HEADERS), st.sampled_from(CHARSETS), st.text(max_size=40))
def test_no_header_does_anything_but_mail_or_unreadable(
    name: str, charset: str, value: str
) -> None:
    line = f"{name}: =?{charset}?q?{value}?= {value}".replace("\n", " ").encode("utf-8", "replace")
    found = understood(line + b"\r\n\r\nwords")
    if found is not None:
        for text in (found.subject, found.name):
            assert "\n" not in text
            assert "\r" not in text


@given(st.binary(max_size=100), st.text(max_size=20))
def test_bytes_in_any_charset_are_text_that_can_be_stored(content: bytes, charset: str) -> None:
    decoded_bytes(content, charset).encode()


@given(st.text())
def test_a_decoded_header_is_one_line(text: str) -> None:
    assert len(decoded(text).splitlines()) <= 1


@pytest.mark.parametrize("charset", ["unicode_escape", "raw_unicode_escape", "utf-7"])
def test_no_charset_makes_text_that_can_not_be_stored(charset: str) -> None:
    found = body(f"Content-Type: text/plain; charset={charset}", b"a \\ud800 +2AA- b")
    found.text.encode()


def test_words_in_deeply_nested_html_are_not_lost() -> None:
    html = b"<div>" * 300 + b"words" + b"</div>" * 300
    assert "words" in body("Content-Type: text/html", html).text


@pytest.mark.parametrize("subject", ["=?utf-8?b?A?=", "=?utf-8?b?=?=", "=?utf-8?q?=?= =?x"])
def test_a_broken_encoded_word_is_left_as_it_is(subject: str) -> None:
    assert read(lines(FROM, f"Subject: {subject}", "", "words")).text.strip() == "words"


def test_a_mail_of_many_levels_and_many_lines_takes_no_longer_than_a_moment() -> None:
    levels = [
        f'--b{at}\r\nContent-Type: multipart/mixed; boundary="b{at + 1}"\r\n' for at in range(700)
    ]
    raw = lines(FROM, 'Content-Type: multipart/mixed; boundary="b0"', "", *levels, *[""] * 40_000)
    assert _seconds(raw) < 0.5


def test_of_two_references_headers_the_first_counts() -> None:
    raw = lines("References: <a@x.example>", "References: <b@x.example>", "", "words")
    assert read(raw).references == ("<a@x.example>",)


def test_a_multipart_whose_boundary_never_comes_is_shown_and_is_no_attachment() -> None:
    found = read(lines("Content-Type: multipart/mixed; boundary=cut", "", "words without a part"))
    assert found.text.strip() == "words without a part"
    assert found.attachments == ()


def test_a_character_split_between_two_encoded_words_is_read() -> None:
    # RFC 2047 §5 forbids it, and it is seen all the same: e-acute is C3 A9.
    raw = lines("Subject: =?utf-8?Q?caf=C3?=", " =?utf-8?B?qSBhdQ==?=", "", "words")
    assert read(raw).subject == "café au"


def test_a_file_name_in_continued_pieces_is_read() -> None:
    # RFC 2231 §3, §4.1.
    kind = "Content-Disposition: attachment; filename*0*=utf-8''caf%C3%A9; filename*1=\" list.txt\""
    [attachment] = read(lines(kind, "", "words")).attachments
    assert attachment.filename == "café list.txt"


def test_the_first_of_a_group_is_the_sender() -> None:
    # RFC 6854 §2.1 allows a group in From.
    found = read(lines("From: Readers: Rhian <rhian@patrons.example>, b@x.example;", "", "words"))
    assert (found.name, found.address) == ("Rhian", "rhian@patrons.example")


def test_words_beside_empty_parts_are_kept() -> None:
    kind = "Content-Type: multipart/mixed; boundary=cut"
    assert read(
        lines(kind, "", "--cut", "", "", "--cut--", "words after the end")
    ).text.strip() == ("words after the end")


@pytest.mark.parametrize("end", ["", " "])
def test_a_text_of_many_megabytes_takes_no_longer_than_a_moment(end: str) -> None:
    kind = "Content-Type: text/plain; charset=utf-8; format=flowed"
    raw = lines(FROM, kind, "", *[f"some wôrds on a line{end}"] * 600_000)
    assert _seconds(raw) < 8
    found = read(raw)
    assert [one.code for one in found.remarks] == ["text_shortened"]
    assert len(found.text) < 600_000


def test_what_has_several_blocks_of_words_has_all_of_them() -> None:
    found = read(
        lines(
            FROM,
            "Content-Type: multipart/mixed; boundary=cut",
            "",
            "--cut",
            "",
            "plain <words>",
            "--cut",
            "Content-Type: text/html",
            "",
            "<p>rich words</p>",
            "--cut--",
        )
    )
    assert found.text == "plain <words>\nrich words"
    assert found.html == "<pre>plain &lt;words&gt;</pre>\n<p>rich words</p>"
    assert not found.is_html_alone
