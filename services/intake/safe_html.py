"""HTML from strangers, made safe to show: no script, no disguise, nothing fetched. Pure.

Two parsers in a row. The first (lxml) makes a plain tree, counts what wanted to be fetched and
takes away every attribute but a few; the second (nh3, which parses as browsers do) has the last
word on what is left. What is still changed when it is read again is not shown at all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.intake.html_text import MOST_ELEMENTS, tree_of
from shared.attachments import Attachment

_PICTURES: Final = frozenset({"image/gif", "image/jpeg", "image/png", "image/webp", "image/bmp"})
_MOST_SHOWN: Final = 1_000_000
"""Characters."""
_READINGS: Final = 5
_TAGS_LISTED: Final = (
    "a abbr address article aside b big blockquote br caption center cite code col colgroup dd "
    "del dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li "
    "main mark ol p pre q s samp section small span strike strong sub sup table tbody td tfoot "
    "th thead tr tt u ul var wbr"
)
_TAGS: Final = frozenset(_TAGS_LISTED.split())
_WITH_CONTENT_LISTED: Final = (
    "applet audio embed frameset iframe math noembed noframes noscript object option plaintext "
    "script select style svg template textarea title video xmp"
)
_WITH_CONTENT: Final = frozenset(_WITH_CONTENT_LISTED.split())
_ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "ol": {"start"},
    "*": {"dir", "lang"},
}
_VALUES: Final = {
    "href": re.compile(r"(?:https?://|mailto:)[^\s\\]{1,4000}", re.I),
    "width": re.compile(r"\d{1,4}"),
    "height": re.compile(r"\d{1,4}"),
    "colspan": re.compile(r"\d{1,3}"),
    "rowspan": re.compile(r"\d{1,3}"),
    "start": re.compile(r"\d{1,6}"),
    "align": re.compile(r"left|right|center", re.I),
    "dir": re.compile(r"ltr|rtl|auto", re.I),
    "lang": re.compile(r"[A-Za-z0-9-]{1,35}"),
}
_LOADING_LISTED: Final = (
    "src srcset imagesrcset background poster data dynsrc lowsrc codebase archive classid"
)
_LOADING: Final = frozenset(_LOADING_LISTED.split())
"""Attributes that fetch what they name as soon as they are shown."""
_FETCHED_BY_HREF: Final = frozenset({"link", "image", "use", "feimage", "base"})
_ELSEWHERE: Final = re.compile(r"(?:(?:https?|ftp|wss?):|[/\\]{2})", re.I)
_IN_STYLE: Final = re.compile(
    r"""(?:url\(|@import)\s{0,9}["']?\s{0,9}(?:(?:https?|ftp):|[/\\]{2})""", re.I
)
_IGNORED: Final = re.compile(r"[\x00-\x20]+")


@dataclass(frozen=True)
class SafeHtml:
    """What may be shown."""

    html: str | None
    """None if there is too much of it, or nothing safe could be made of it."""
    blocked_loads: int
    """How many things it wanted to fetch from elsewhere."""


def pictures(letter_id: str, attachments: Sequence[Attachment]) -> dict[str, str]:
    """Where staff find what a letter's HTML names by its Content-ID: pictures of known kinds."""
    return {
        one.content_id: f"/v1/attachments/{letter_id}.{number}"
        for number, one in enumerate(attachments)
        if one.content_id and one.content_type in _PICTURES
    }


def safe_html(html: str, pictures: Mapping[str, str]) -> SafeHtml:
    """HTML that may be shown. `pictures`: where each part is to be had, by its Content-ID."""
    shown, blocked = _once(html, pictures)
    for _ in range(_READINGS):
        if shown is None:
            return SafeHtml(None, blocked)
        again, _ = _once(shown, pictures)
        if again == shown:
            return SafeHtml(shown, blocked)
        shown = again
    return SafeHtml(None, blocked)


def _once(html: str, pictures: Mapping[str, str]) -> tuple[str | None, int]:
    import nh3  # noqa: PLC0415  for mail with HTML alone
    from lxml import etree  # noqa: PLC0415

    if not html.strip():
        return "", 0
    tree = tree_of(html)
    if tree is None:
        return None, 0
    own = frozenset(pictures.values())
    blocked = 0
    for number, one in enumerate(tree.iter(etree.Element)):
        if number > MOST_ELEMENTS:
            return None, blocked
        blocked += _stripped(one, pictures, own)
    plain = etree.tostring(tree, method="html", encoding="unicode")
    if len(plain) > _MOST_SHOWN:
        return None, blocked

    def allowed(tag: str, name: str, value: str) -> str | None:
        return value if _is_allowed(name, value, own) else None

    shown = nh3.clean(
        plain,
        tags=set(_TAGS),
        clean_content_tags=set(_WITH_CONTENT),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=allowed,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    return shown.strip(), blocked


def _stripped(element: Any, pictures: Mapping[str, str], own: frozenset[str]) -> int:
    """Take from an element what is not allowed; how many things it wanted to fetch."""
    tag = element.tag
    blocked = len(_IN_STYLE.findall(element.text or "")) if tag == "style" else 0
    if not element.attrib:
        return blocked
    known = _ATTRIBUTES.get(tag, set()) | _ATTRIBUTES["*"]
    for name, value in element.attrib.items():
        blocked += _fetches(tag, name.lower(), value)
        if tag == "img" and name == "src":
            value = _picture(value, pictures)  # noqa: PLW2901
            element.attrib[name] = value
        if name not in known or not _is_allowed(name, value, own):
            del element.attrib[name]
    return blocked


def _picture(source: str, pictures: Mapping[str, str]) -> str:
    """RFC 2392: where a part of the same letter is to be had, if that is what is named."""
    bare = source.strip()
    return pictures.get(bare[4:].strip(), "") if bare[:4].lower() == "cid:" else bare


def _is_allowed(name: str, value: str, own: frozenset[str]) -> bool:
    if name == "src":
        return value in own
    wanted = _VALUES.get(name)
    return wanted is None or wanted.fullmatch(value) is not None


def _fetches(tag: str, name: str, value: str) -> int:
    if name == "style":
        return len(_IN_STYLE.findall(value))
    if name in _LOADING or (name.rpartition(":")[2] == "href" and tag in _FETCHED_BY_HREF):
        return int(_ELSEWHERE.match(_IGNORED.sub("", value)) is not None)
    if tag == "meta" and name == "content":
        return int("url=" in value.lower())
    return 0
