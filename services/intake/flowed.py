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
    held: tuple[int, str] | None = None
    for line in text.splitlines():
        depth = len(line) - len(line.lstrip(">"))
        # RFC 3676 §4.4: one space before a line that begins with a space, ">" or "From ".
        words = line[depth:].removeprefix(" ")
        if held is not None:
            # RFC 3676 §4.5: a paragraph ends where the depth changes, whatever its last line says.
            if held[0] == depth and words != _SIGNATURE:
                words = held[1] + words
            else:
                whole.append(_marked(*held))
            held = None
        if words.endswith(" ") and words != _SIGNATURE:
            held = (depth, words[:-1] if delsp else words)
        else:
            whole.append(_marked(depth, words))
    if held is not None:
        whole.append(_marked(*held))
    return "\n".join(whole)


def _marked(depth: int, words: str) -> str:
    return f"{'>' * depth} {words}" if depth else words
