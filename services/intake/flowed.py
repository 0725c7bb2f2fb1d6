"""Text whose lines were broken by a mail program, made whole again (RFC 3676). Pure.

Touches nothing but `text/plain; format=flowed`: elsewhere a space at the end of a line means
nothing.
"""

from typing import Final

_SIGNATURE: Final = "-- "


def unflowed(text: str, *, delsp: bool) -> str:
    """The paragraphs, each on one line; quoted ones keep their marks.

    `delsp`: the space at a line's end stands only for the break (RFC 3676 §4.1), as in scripts
    without spaces between words.
    """
    whole: list[str] = []
    depth, paragraph = 0, list[str]()
    for line in text.splitlines():
        marks = len(line) - len(line.lstrip(">"))
        # RFC 3676 §4.4: one space before a line that begins with a space, ">" or "From ".
        words = line[marks:].removeprefix(" ")
        is_signature = words == _SIGNATURE
        # RFC 3676 §4.5: a paragraph ends where the depth changes, whatever its last line says.
        if paragraph and (marks != depth or is_signature):
            whole.append(_marked(depth, paragraph))
            paragraph = []
        depth = marks
        if words.endswith(" ") and not is_signature:
            paragraph.append(words[:-1] if delsp else words)
        else:
            whole.append(_marked(depth, [*paragraph, words]))
            paragraph = []
    if paragraph:
        whole.append(_marked(depth, paragraph))
    return "\n".join(whole)


def _marked(depth: int, pieces: list[str]) -> str:
    words = "".join(pieces)
    return f"{'>' * depth} {words}" if depth else words
