"""What a client accepts of what we give, and what it may keep of it.

Nothing is negotiated: each route gives one kind of thing, and says `406` to who excludes it.
"""

from collections.abc import Iterable, Iterator, Sequence

from aiohttp import web


def accepts(headers: Iterable[str], given: Sequence[str]) -> bool:
    """Whether `Accept` allows one of these media types (RFC 9110 §12.5.1). A header that can't be
    read excludes nothing; nor does one that isn't there."""
    ranges = dict(_ranges(headers))
    if not ranges:
        return True
    return any(_quality(one, ranges) > 0 for one in given)


def _ranges(headers: Iterable[str]) -> Iterator[tuple[str, float]]:
    """Each range and its weight; parameters besides `q` are no matter to us."""
    for part in ",".join(headers).split(","):
        name, *parameters = (one.strip().lower() for one in part.split(";"))
        if name.count("/") == 1 and " " not in name:
            yield name, next((_weight(one) for one in parameters if one.startswith("q=")), 1.0)


def _weight(parameter: str) -> float:
    try:
        return float(parameter[2:])
    except ValueError:
        return 1.0


def _quality(media_type: str, ranges: dict[str, float]) -> float:
    """That of the most specific range that it is in."""
    names = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    return next((ranges[one] for one in names if one in ranges), 0.0)


async def keep_to_themselves(request: web.Request, answer: web.StreamResponse) -> None:
    """What the API answers is kept by no cache, for it is one caller's and of one moment; unless
    the route says otherwise (RFC 9111 §5.2.2.5, RFC 9110 §12.5.5)."""
    if request.path.startswith("/v1/"):
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.headers.setdefault("Vary", "Accept, Authorization")
