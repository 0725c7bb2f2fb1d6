"""What HTML says, as text."""

import pytest

from services.intake.html_text import CUT, text_of_html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two", "one\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<ul><li>one<li>two</ul>", "* one\n* two"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a   \n b", "a b"),
        ("<b>one</b> <i>two</i>", "one two"),
        ("<style>x</style><script>y</script><title>z</title><p>words", "words"),
        ("<p style='DISPLAY : none'>hidden</p><p>words", "words"),
        ("<p>a<span style='display:none'>hidden</span>b", "ab"),
        ("<!-- x --><p>words", "words"),
        ("a&nbsp;b &lt; &euro;", "a b < €"),
        ("<p>Siân</p>", "Siân"),
        ("\0a\x01b", "ab"),
        ("", ""),
        ("</b>", ""),
        ("<?xml version='1.0' encoding='utf-8'?><p>words", "words"),
    ],
)
def test_html_says(html: str, text: str) -> None:
    assert text_of_html(html).strip() == text


def test_words_too_deep_for_the_parser_are_kept() -> None:
    assert "words" in text_of_html("<div>" * 1000 + "words")


def test_of_too_much_the_rest_is_said_to_be_elsewhere() -> None:
    assert text_of_html("<p>x</p>" * 200_000).endswith(CUT)
    assert not text_of_html("<p>x</p>" * 1000).endswith(CUT)
