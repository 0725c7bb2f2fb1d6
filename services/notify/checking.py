"""Whether every template can be used, before any letter depends on it: a fault is told with its
file, its line, and what is unknown. Reads the templates and sends nothing."""

import traceback
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Final

from jinja2 import TemplateNotFound, TemplateSyntaxError, meta, nodes

from services.notify.compose import ALERT
from services.notify.samples import names, trials
from services.notify.wording import (
    BODY,
    FRAME,
    LAST_RESORT,
    NO_LETTER,
    SUBJECT,
    TEMPLATES,
    Wording,
)
from shared.library import Library
from shared.messages import TO_PUBLISHERS, Notice

KINDS: Final = (*(one.value for one in Notice), ALERT)
_IN_FRAME: Final = frozenset(
    {"language", "direction", "title", "heading", "body", "is_large"},
)


class BadTemplates(Exception):
    """Letters can't be written with these; the text has a line for each fault."""


def checked(library: Library, own: Path | None) -> Wording:
    """The words of the letters, all of them tried. Raises: BadTemplates."""
    wording = Wording(library, own)
    faults = list(dict.fromkeys(faults_of(wording)))
    if faults:
        raise BadTemplates("\n".join(faults))
    return wording


def faults_of(wording: Wording) -> Iterator[str]:
    """A line for each."""
    static = [fault for folder in wording.folders for fault in _in_files(folder, wording)]
    static += _missing(wording)
    yield from static
    if not static:
        names_in = cache(partial(_names_in, wording))  # most files belong to many letters
        for kind, language in sorted(wording.known):
            if language not in wording.spoken and kind not in TO_PUBLISHERS:
                continue
            yield from _tried(kind, language, wording, names_in)


def unspoken(library: Library, wording: Wording) -> list[str]:
    """The library's languages in which letters to patrons are missing: they fall back."""
    return [
        language
        for language in library.library.languages
        if any((one.value, language) not in wording.known for one in Notice)
    ]


def _in_files(folder: Path, wording: Wording) -> Iterator[str]:
    """What can be seen without writing a letter."""
    yield from _out_of_place(folder)
    for file in sorted((*folder.glob("*/*/*.txt"), *folder.glob(FRAME))):
        yield from _unknown_names(file, folder, wording)


def _missing(wording: Wording) -> Iterator[str]:
    """Half a letter, or none where there must be one."""
    for kind in KINDS:
        if (kind, LAST_RESORT) not in wording.known:
            yield f"{wording.folders[0] / kind / LAST_RESORT}: it is missing"
    for kind, language in sorted(wording.known):
        for part in (SUBJECT, BODY):
            name = f"{kind}/{language}/{part}"
            if not any((one / name).is_file() for one in wording.folders):
                yield f"{wording.folders[0] / name}: it is missing"


def _out_of_place(folder: Path) -> Iterator[str]:
    """What nothing would ever read: a name that is misspelt."""
    for place in sorted(folder.iterdir()):
        if place.name.startswith(NO_LETTER):
            continue
        if place.name not in KINDS or not place.is_dir():
            yield f"{place}: there is no such letter; there are: {', '.join(sorted(KINDS))}"
            continue
        parts = {one.name for one in (TEMPLATES / place.name).glob("*/*")}
        for file in sorted(place.glob("*/*")):
            if file.name not in parts and not file.name.startswith(NO_LETTER):
                yield f"{file}: no such part; there are: {', '.join(sorted(parts))}"


def _unknown_names(file: Path, folder: Path, wording: Wording) -> Iterator[str]:
    try:
        tree = wording.environment.parse(file.read_text(encoding="utf-8"))
        unknown = meta.find_undeclared_variables(tree) - _imported(tree)
    except TemplateSyntaxError as error:
        yield f"{file}:{error.lineno}: {error.message}"
        return
    except (OSError, UnicodeDecodeError) as error:
        yield f"{file}: it can't be read: {error}"
        return
    known = _known_in(file.relative_to(folder).parts[0], wording)
    for name in sorted(unknown - known - wording.environment.globals.keys()):
        line = next(one.lineno for one in tree.find_all(nodes.Name) if one.name == name)
        yield f"{file}:{line}: unknown variable {name!r}; known here: {', '.join(sorted(known))}"


def _imported(tree: nodes.Template) -> set[str]:
    found = (one for each in tree.find_all(nodes.FromImport) for one in each.names)
    return {one if isinstance(one, str) else one[1] for one in found}


def _known_in(kind: str, wording: Wording) -> frozenset[str]:
    if kind == FRAME:
        return _IN_FRAME
    if kind in KINDS:
        return names(kind, wording)
    # What letters have in common is read by each of them: the trials tell what one has not.
    return frozenset().union(
        *(names(one, wording) for one in (ALERT, Notice.REPLY, Notice.DELIVERY_PART))
    )


def _tried(
    kind: str, language: str, wording: Wording, names_in: Callable[[Path], frozenset[str]]
) -> Iterator[str]:
    """What goes wrong when such letters are written. The first is enough."""
    used = {name for file in _files_of(kind, language, wording) for name in names_in(file)}
    for facts in trials(kind, language, wording, used):
        try:
            wording.words(kind, language, facts)
        except Exception as error:  # whatever a template may come to: it is told, and not sent
            yield f"{_where(error, kind, language, wording)}: {_in_one_line(error)}"
            return


def _files_of(kind: str, language: str, wording: Wording) -> list[Path]:
    """Such letters, and what they have in common with others."""
    patterns = (f"{kind}/{language}/*.txt", "_*/**/*.txt", "*.txt")
    return [one for folder in wording.folders for how in patterns for one in folder.glob(how)]


def _names_in(wording: Wording, file: Path) -> frozenset[str]:
    tree = wording.environment.parse(file.read_text(encoding="utf-8"))
    return frozenset(one.name for one in tree.find_all(nodes.Name))


def _where(error: Exception, kind: str, language: str, wording: Wording) -> str:
    """The innermost line of a template on the way to an error."""
    if isinstance(error, TemplateSyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        one
        for one in frames
        if not one.filename.endswith(".py")
        and any(Path(one.filename).is_relative_to(folder) for folder in wording.folders)
    ]
    if ours:
        return f"{ours[-1].filename}:{ours[-1].lineno}"
    name = f"{kind}/{language}/{BODY}"
    return str(next(one / name for one in wording.folders if (one / name).is_file()))


def _in_one_line(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"{error.name!r} is not there"
    return " ".join(str(error).split()) or type(error).__name__
