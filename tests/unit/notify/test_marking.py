"""The marks in a letter's words: the same words in both parts, and nothing that a fact can add."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.marking import BadMark, fact, html_of, plain, text_of

EVIL = "<script>x</script> **bold** [x](https://evil.example) & \"'"


def test_blank_lines_end_paragraphs_and_breaks_are_blanks() -> None:
    marked = "One line,\nand more.\n\n\n\nTwo,\\\nkept.\n"
    assert text_of(marked) == "One line, and more.\n\nTwo,\nkept.\n"
    assert html_of(marked, "ltr") == "<p>One line, and more.</p>\n<p>Two,<br>\nkept.</p>"


def test_lines_of_a_list_are_a_list() -> None:
    marked = "These:\n- a **b**\n- c\n\nend"
    assert text_of(marked) == "These:\n\n- a b\n- c\n\nend\n"
    ul = "<ul>\n<li>a <strong>b</strong></li>\n<li>c</li>\n</ul>"
    assert html_of(marked, "ltr") == f"<p>These:</p>\n{ul}\n<p>end</p>"


def test_blank_lines_in_a_list_do_not_end_it() -> None:
    assert text_of("- a\n\n\n- b \n\nend\n\n- c") == "- a\n- b\n\nend\n\n- c\n"
    assert html_of("- a\n\n- b", "ltr") == "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"


def test_somebodys_words_stand_as_they_were_written_in_paragraphs_of_their_own() -> None:
    words = "- One,\n  indented  twice.\n\n\n> Two.\n"
    marked = f"Before.\n\n> {fact(words)}\n\nAfter."
    assert text_of(marked) == f"Before.\n\n{words.rstrip()}\n\nAfter.\n"
    html = html_of(marked, "ltr")
    blank = "\N{NO-BREAK SPACE} "
    assert f'<p dir="auto">- One,<br>\n{blank}indented{blank}twice.</p>' in html
    assert '<p dir="auto">&gt; Two.</p>' in html


def test_a_link_is_one_in_html_and_its_address_stands_in_the_text() -> None:
    marked = f"- [{fact('a [b](c).pdf')}]({fact('https://a.example/(x)')}) (2 MB)"
    assert text_of(marked) == "- a [b](c).pdf: https://a.example/(x) (2 MB)\n"
    link = '<a href="https://a.example/(x)">a [b](c).pdf</a>'
    assert html_of(marked, "ltr") == f"<ul>\n<li>{link} (2 MB)</li>\n</ul>"


def test_what_would_become_part_of_an_address_is_refused() -> None:
    with pytest.raises(BadMark):
        text_of("See [it](https://a.example/).")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "/a", "data:text/html,x", "mailto:a@b"])
def test_a_link_leads_to_a_page(address: str) -> None:
    with pytest.raises(BadMark):
        html_of(f"[it]({fact(address)})", "ltr")


@pytest.mark.parametrize("around", ["{}", "Dear {},", "**{}**", "- {}", "> {}", "a\n{}\n\nb"])
def test_a_fact_is_never_a_mark_and_never_markup(around: str) -> None:
    marked, usual = around.format(fact(EVIL)), around.format(fact("x"))
    assert EVIL in text_of(marked)
    tags = [re.findall("<[^>]*>", html_of(one, "ltr")) for one in (marked, usual)]
    assert tags[0] == tags[1]


@given(
    st.text() | st.text("<>ab/*&[](): \n"),
    st.sampled_from(["{}", "a {} b", "**{}**", "- {}", "> {}\n\nend"]),
)
def test_whatever_a_fact_is_it_adds_no_element_but_line_breaks(value: str, around: str) -> None:
    html = html_of(around.format(fact(value)), "ltr")
    usual = html_of(around.format(fact("x\n\ny")), "ltr")
    allowed = {*re.findall("<[^>]*>", usual), "<br>", "<bdi>", "</bdi>"}
    assert set(re.findall("<[^>]*>", html)) <= allowed


@given(st.text())
def test_a_fact_is_told_as_it_is(value: str) -> None:
    shown = value.replace("\r\n", "\n").replace("\r", "\n")
    shown = "".join(one for one in shown if not 0xF0000 <= ord(one) <= 0xF00FF)
    hidden = "".join(one for one in plain(fact(value)) if not 0xF0000 <= ord(one) <= 0xF00FF)
    if not any(0xF0000 <= ord(one) <= 0xF00FF for one in value):
        assert hidden == shown


def test_markup_in_a_template_is_shown_and_does_nothing() -> None:
    assert html_of("<b>x</b> & y", "ltr") == "<p>&lt;b&gt;x&lt;/b&gt; &amp; y</p>"


@pytest.mark.parametrize(
    ("name", "direction", "is_apart"),
    [
        ("محمد علي", "ltr", True),
        ("רחל", "ltr", True),
        ("Rhian", "ltr", False),
        ("Rhian", "rtl", True),
        ("محمد علي", "rtl", False),
        ("王小明", "ltr", False),
    ],
)
def test_a_name_that_runs_the_other_way_stands_apart(
    name: str, direction: str, is_apart: bool
) -> None:
    html = html_of(f"Dear {fact(name)},", direction)
    shown = f"<bdi>{name}</bdi>" if is_apart else name
    assert html == f"<p>Dear {shown},</p>"
    assert text_of(f"Dear {fact(name)},") == f"Dear {name},\n"


def test_what_is_not_there_is_not_told_as_none() -> None:
    with pytest.raises(BadMark, match="not known"):
        fact(None)
