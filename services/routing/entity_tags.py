"""What the field `If-Match` says (RFC 9110 §13.1.1): the versions of ours among its tags. Pure."""

import re
from typing import Final

_EMPTY: Final = " \t,"
"""RFC 9110 §5.6.1.2: elements of a list that are empty count as not there."""
# RFC 9110 §8.8.3
_TAG: Final = re.compile(r'[ \t,]*(?P<weak>W/)?"(?P<opaque>[^"\x00-\x20\x7f]*)"[ \t]*(?:,|$)')
_VERSION: Final = re.compile(r"0|[1-9]\d{0,8}", re.ASCII)


def says_nothing(field: str) -> bool:
    """Whether it has no tag at all."""
    return not field.strip(_EMPTY)


def versions_in(field: str) -> frozenset[int]:
    """The versions among its tags; a weak one, or one of another form, matches none of ours.

    Raises: ValueError: it is no list of entity tags.
    """
    tags, at = field.rstrip(_EMPTY), 0
    versions = set()
    while at < len(tags):
        tag = _TAG.match(tags, at)
        if tag is None:
            raise ValueError('a tag stands in quotation marks, as in "3", commas between them')
        at = tag.end()
        # RFC 9110 §8.8.3.2, §13.1.1: compared strongly, which is character by character.
        if tag["weak"] is None and _VERSION.fullmatch(tag["opaque"]):
            versions.add(int(tag["opaque"]))
    return frozenset(versions)
