"""Mail as nobody would write it: real letters mangled, and letters put together from the pieces
that parsers stumble over. Strategies for hypothesis."""

from pathlib import Path
from typing import Final

from hypothesis import strategies as st

_FIXTURES: Final = Path(__file__).resolve().parents[1] / "mail"
SEEDS: Final = tuple(sorted(one.read_bytes() for one in _FIXTURES.glob("*.eml")))
PIECES: Final = (
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"\r\n\r\n",
    b"\r\n ",
    b"\r\n\t",
    b"--",
    b"\r\n--x\r\n",
    b"\r\n--x--",
    b"=?utf-8?q?",
    b"=?utf-8?b?",
    b"=?utf-7?q?+AHg-?=",
    b"=?x?y?z?=",
    b"=?iso-2022-jp?b?GyRC?=",
    b"?=",
    b"=?utf-8?b?w?= =?utf-8?b?6Q==?=",
    b"=?utf-8*en?q?=0D=0ABcc:?=",
    b"\xff\xfe",
    b"\xc3",
    b"\xe2\x80\xae",
    b"Content-Type: multipart/mixed; boundary=x",
    b'Content-Type: multipart/alternative; boundary="x"',
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=x",
    b'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary=x',
    b"Content-Type: message/rfc822",
    b"Content-Type: message/delivery-status",
    b"Content-Type: text/html",
    b"Content-Type: message/external-body; access-type=URL",
    b"Content-Type: message/partial; id=1; number=1",
    b"Content-Type: text/calendar; method=REQUEST",
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:x\r\n",
    b"Content-Type: application/ms-tnef; name=winmail.dat",
    b"\x78\x9f\x3e\x22\x01\x00\x01\x08\x00",
    b"Content-Type: text/plain; charset=utf-7",
    b'Content-Type: text/plain; charset="\0"',
    b"Content-Type: text/plain; charset=idna",
    b"Content-Type: text/plain; charset=rot13",
    b"Content-Type: text/plain; format=flowed; delsp=yes",
    b"Content-Type: ;;;;",
    b"Content-Type:",
    b"Content-Type: text/plain; charset*=''utf-8",
    b"Content-Transfer-Encoding: base64",
    b"Content-Transfer-Encoding: quoted-printable",
    b"Content-Transfer-Encoding: uuencode",
    b"begin 644 x\r\n#0V%T\r\nend\r\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%e2; filename*1*=%80",
    b"Content-Disposition: attachment; filename*=utf-16''%ff%fe",
    b'filename="../../etc/passwd"',
    b"Content-ID: <x>",
    b"<img src=cid:x>",
    b"<script>",
    b"<!--",
    b"<![CDATA[",
    b"</",
    b"<a href=javascript:x>",
    b"From: ",
    b'From: "',
    b"From: (",
    b"From: @",
    b"From: <>",
    b"From: a:b;,c:d;",
    b"To: undisclosed-recipients:;",
    b"From: =?utf-8?q?=00?= <a@b.example>",
    b"Sender:",
    b"Reply-To: <",
    b"Return-Path: <>",
    b"Date: Mon, 99 Foo -1 25:61",
    b"Date: Thu, 1 Jan 1970 00:00:00 +9999",
    b"Message-ID: <",
    b"Message-ID: >x<",
    b"In-Reply-To: <a@b> <c@d>",
    b"References: <<<<>>>>",
    b"Subject:",
    b"Subject: [ENQ-0000-0000]",
    b"Auto-Submitted: auto-replied; x=(",
    b"Authentication-Results: x; dkim=pass (",
    b"Received: from x by y; ",
    b"DKIM-Signature: v=1; b=; bh=; d=; s=;",
    b"> quoted\r\n",
    b"-- \r\n",
    b"On Monday, X wrote:\r\n",
    b"-----Original Message-----\r\n",
    b"Le 1 mai, X a \xe9crit :\r\n",
    b"-----BEGIN PGP MESSAGE-----\r\n",
    b"Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; x@y.example\r\nAction: failed\r\n",
    b"Diagnostic-Code: smtp; 550 5.1.1",
    b"(" * 50,
    b"<" * 50,
    b'"' * 9,
    b"," * 50,
    b";" * 50,
    b"A" * 1000,
    b"=" * 80,
)


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """A fixture with pieces cut out, doubled, put elsewhere and put in."""
    raw = draw(st.sampled_from(SEEDS))[:60_000]
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.sampled_from((0, 1, 2, 8, 60, 400, 4000))))
        raw = raw[:start] + draw(_replacement(raw[start:end])) + raw[end:]
    return raw


def _replacement(cut: bytes) -> st.SearchStrategy[bytes]:
    return st.one_of(
        st.just(b""),
        st.just(cut + cut),
        st.just(cut[::-1]),
        st.sampled_from(PIECES),
        st.binary(min_size=1, max_size=12),
        st.sampled_from(PIECES).map(lambda piece: cut + piece),
        st.tuples(st.sampled_from(PIECES), st.integers(2, 300)).map(lambda one: one[0] * one[1]),
    )


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


built: Final = st.lists(
    st.one_of(st.sampled_from(PIECES), st.binary(max_size=20), st.text(max_size=20).map(_utf8)),
    max_size=40,
).map(b"".join)
"""Pieces, one after the other, with anything between."""

letters: Final = st.one_of(mangled(), built, st.binary(max_size=500))
"""Any of these."""
