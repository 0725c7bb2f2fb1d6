"""HTML letters of each family of mail programs, parted by their structure."""

import time
from typing import Final

import pytest

from services.intake.reply_html import lines_of
from services.intake.reply_text import Words, split_html

ASKED: Final = "Shall we keep it for you?"
WROTE: Final = "On Sun, 22 Nov 2026 at 10:11, Gwen &lt;gwen@llanfair.example&gt; wrote:"
HEADER: Final = (
    "<b>From:</b> Gwen &lt;gwen@llanfair.example&gt;<br><b>Sent:</b> 22 November 2026 10:11<br>"
    "<b>To:</b> Rhian<br><b>Subject:</b> Your enquiry<br><br>"
)
FAMILIES: Final = {
    "Gmail": f'<div dir="ltr">Yes please.</div><br><div class="gmail_quote"><div dir="ltr"'
    f' class="gmail_attr">{WROTE}<br></div><blockquote class="gmail_quote" style="margin:0 0 0'
    f' .8ex;border-left:1px solid">{ASKED}</blockquote></div>',
    "Gmail in a language that nobody knows": '<div dir="ltr">Yes please.</div><div class='
    '"gmail_quote"><div class="gmail_attr">Zu 22 da, Gwen a skrivas zo:<br></div><blockquote'
    f' class="gmail_quote">{ASKED}</blockquote></div>',
    "Apple Mail": f'<html><body>Yes please.<br><div><br><blockquote type="cite"><div>{WROTE}</div>'
    f"<br><div>{ASKED}</div></blockquote></div></body></html>",
    "Thunderbird": f'<p>Yes please.</p><div class="moz-cite-prefix">On 22/11/26, Gwen wrote:<br>'
    f'</div><blockquote type="cite" cite="mid:a@b.example"><p>{ASKED}</p></blockquote>',
    "Outlook in a browser": '<div>Yes please.</div><div id="appendonsend"></div><hr style="width:'
    f'98%"><div id="divRplyFwdMsg"><b>Digant:</b> Gwen</div><div>{ASKED}</div>',
    "Outlook on a desk": '<p class="MsoNormal">Yes please.</p><div style="border:none;border-top:'
    f'solid #E1E1E1 1.0pt"><p class="MsoNormal">{HEADER}</p></div><p class="MsoNormal">{ASKED}</p>',
    "Outlook for a telephone": '<div>Yes please.</div><div id="ms-outlook-mobile-signature">Sent '
    'from a telephone</div><div id="mail-editor-reference-message-container">'
    f"{HEADER}{ASKED}</div>",
    "Yahoo": '<div>Yes please.</div><div id="yahoo_quoted_7" class="yahoo_quoted"><div>Ar Sul,'
    f" Gwen:</div><div>{ASKED}</div></div>",
    "ProtonMail": f'<div>Yes please.</div><div class="protonmail_quote">{WROTE}<br><blockquote'
    f' class="protonmail_quote" type="cite">{ASKED}</blockquote></div>',
    "GMX": f'<div>Yes please.</div><div name="quote" style="border:0">{HEADER}'
    f"<div>{ASKED}</div></div>",
    "Zoho": '<div>Yes please.</div><div class="zmail_extra"><div>---- On Sun, 22 Nov 2026 10:11:12'
    f" +0000 Gwen &lt;gwen@llanfair.example&gt; wrote ----</div><blockquote>{ASKED}</blockquote>"
    "</div>",
    "QQ": "<div>Yes please.</div><div><div>------------------&nbsp;Original&nbsp;"
    "------------------</div><div style='background:#efefef'><div><b>From:</b>&nbsp;Gwen</div>"
    f"<div><b>Date:</b>&nbsp;22 Nov 2026</div></div><div>{ASKED}</div></div>",
    "163": '<div>Yes please.</div><pre>At 2026-11-22 10:11:12, "Gwen" &lt;gwen@llanfair.example&gt;'
    f' wrote:</pre><blockquote id="isReplyContent">{ASKED}</blockquote>',
    "Mail.ru": f'<div>Yes please.</div><blockquote class="mailru-blockquote">{ASKED}</blockquote>',
    "a block quotation without a name": f"<p>Yes please.</p><blockquote>{ASKED}</blockquote>",
    "a header in one line": "<p>Yes please.</p><hr><b>From: gwen@llanfair.example</b> <b>Date: Sun,"
    f" 22 Nov 2026 10:11:12 +0000</b><div>{ASKED}</div>",
    "names that another program repeated": f'<div>Yes please.</div><div class="x_gmail_quote"><div'
    f' class="x_gmail_attr">Gwen</div><blockquote class="x_gmail_quote">{ASKED}</blockquote></div>',
    "broken tags": f"<div><p>Yes please.<br><blockquote type=cite>{ASKED}</p></font></td>",
}


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_quoted_stands_apart(family: str) -> None:
    words = split_html(FAMILIES[family])
    assert words.new == "Yes please."
    assert ASKED in words.quoted


def test_answers_between_quotations_are_new() -> None:
    words = split_html(
        '<div class="gmail_quote"><div class="gmail_attr">Gwen wrote:</div><blockquote class='
        '"gmail_quote">Keep it?</blockquote><div>Yes.</div><blockquote class="gmail_quote">Until'
        " when?</blockquote><div>Friday.</div></div>"
    )
    assert words.new.split() == ["Yes.", "Friday."]
    assert words.quoted.split() == ["Gwen", "wrote:", "Keep", "it?", "Until", "when?"]


def test_a_signature_in_an_element_of_its_own_stands_apart() -> None:
    words = split_html('<p>Yes please.</p><div class="gmail_signature">Rhian, by the mill</div>')
    assert words == Words("Yes please.", "", "Rhian, by the mill")


def test_what_a_patron_indents_or_forwards_is_new() -> None:
    indented = '<p>I mean this:</p><blockquote style="margin:0 0 0 40px">Red Shift</blockquote>'
    assert split_html(indented).new.split("\n") == ["I mean this:", "", "Red Shift"]
    forwarded = (
        '<div>Yours?</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded'
        " message ---------<br>From: A Publisher</div><br>Buy now.</div>"
    )
    assert split_html(forwarded).new.endswith("Buy now.")
    assert split_html(forwarded).quoted == ""


def test_a_letter_that_is_all_a_quotation_is_new() -> None:
    words = split_html(f"<blockquote type=cite>{ASKED}</blockquote>")
    assert words == Words(ASKED, "", "")


def test_what_nobody_sees_is_no_word() -> None:
    html = (
        "<html><head><title>t</title><style>p {}</style></head><body><!-- c --><script>s</script>"
        '<p style="display:none">h</p><p>Yes &amp;&nbsp;no</p><table><tr><td>1</td><td>2</td></tr>'
        "<tr><td>3</td></tr></table><ul><li>a<li>b</ul><pre>x\n  y</pre>a<br>b</body></html>"
    )
    assert [one.text for one in lines_of(html) if one.text] == [
        "Yes & no", "1 2", "3", "a", "b", "x", "  y", "a", "b",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "piece",
    [
        "<div>", "<blockquote>", "<p>", "<", "&", "&#x", "<!--", "<style>a</style>", "<script>",
        '<a "', "<a b='", "<ul><li>", "<table><tr><td>", "<b>x</b>", "<p>a@b.example</p>", "</div>",
        "<p class=x_x_x_x_>", "hello ", "<p a=b ", "\x00", "\ud800", "<td>x",
    ],
)  # fmt: skip
def test_no_html_can_be_made_slow(piece: str) -> None:
    html = piece * (5_000_000 // len(piece))
    taken = []
    for _ in range(3):  # the machine may be busy with other things
        began = time.process_time()
        assert isinstance(split_html(html), Words)
        taken.append(time.process_time() - began)
        if taken[-1] < 2:
            break
    assert min(taken) < 2


def test_what_is_read_of_html_fits_into_a_document() -> None:
    assert len(split_html("hello " * 1_000_000).new) <= 1_000_000


def test_words_within_many_elements_are_found() -> None:
    assert split_html("<div>" * 5000 + "Yes" + "</div>" * 5000).new == "Yes"
    assert split_html("<div>" * 300 + "<blockquote type=cite>no</blockquote>Yes").new == "Yes"
