"""`desk preview`: how a letter looks, with the library's own templates. Sends nothing, and needs no
server."""

import os
import shutil
import subprocess
import tempfile
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.text import Text

from services.desk.session import fail
from services.desk.shown import plain
from services.notify.checking import BadTemplates, checked
from services.notify.compose import Composer
from services.notify.letters import Outgoing
from services.notify.samples import SAMPLES, letter
from shared.config import NotifySettings, load
from shared.library import Library
from shared.references import Seal

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PATIENCE: Final = 60.0
"""Seconds that a picture may take."""
_SIZE: Final = "720,1100"
_SHOWN: Final = ("From", "To", "Subject", "Content-Language")
# What it seals proves nothing: a preview may be shown to anybody.
_SEAL: Final = Seal("for looking at letters, and good for nothing else")

Format = Annotated[
    str, typer.Option("--format", help="As a patron asks: large-print, plain-text, links.")
]


def preview(
    notice: Annotated[str, typer.Argument(help=f"One of: {', '.join(SAMPLES)}.")],
    language: Annotated[str | None, typer.Option(help="Such as cy; else the first.")] = None,
    asked: Format = "",
    html: Annotated[Path | None, typer.Option(help="Write the HTML part here.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Write a picture here (PNG).")] = None,
) -> None:
    """Show a letter as this library would send it, about somebody made up."""
    if notice not in SAMPLES:
        raise fail(f"There is no letter {notice!r}; there are: {', '.join(SAMPLES)}")
    settings = load(NotifySettings)
    language = language or settings.library.library.languages[0]
    library = _speaking(settings.library, language)
    try:
        words = checked(library, settings.own_templates)
    except BadTemplates as error:
        raise fail(str(error)) from error
    if (SAMPLES[notice].kind, language) not in words.known:
        raise fail(f"There are no words for {notice!r} in {language!r}")
    sample = letter(notice, language, Composer(library, _SEAL, words), library, asked)
    _show(sample)
    page = html_of(sample)
    if (html or picture) and page is None:
        raise fail("It has no HTML: plain text was asked for")
    if html and page:
        html.write_text(page, encoding="utf-8")
    if picture and page:
        _take(page, picture)


def _speaking(library: Library, language: str) -> Library:
    """The library, as it would be if it answered in this language too."""
    about = library.library
    if language in about.languages:
        return library
    spoken = about.model_copy(update={"languages": (*about.languages, language)})
    return library.model_copy(update={"library": spoken})


def _show(sample: Outgoing) -> None:
    console, message = Console(), message_from_bytes(sample.content)
    for name in _SHOWN:
        told = str(make_header(decode_header(message[name])))
        console.print(Text.assemble((f"{name}: ", "bold"), plain(told)), soft_wrap=True)
    console.print()
    for line in sample.text.splitlines():
        console.print(Text(plain(line)), soft_wrap=not console.is_terminal)


def html_of(sample: Outgoing) -> str | None:
    """Its HTML part."""
    message = message_from_bytes(sample.content)
    found = (one for one in message.walk() if one.get_content_type() == "text/html")
    part: Message | None = next(found, None)
    if part is None:
        return None
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)  # noqa: S101  a part that is no multipart
    return content.decode("utf-8").replace("\r\n", "\n")


def _take(page: str, picture: Path) -> None:
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        raise fail(f"A picture wants a browser: none of {', '.join(_BROWSERS)} is installed")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "letter.html"
        file.write_text(page, encoding="utf-8")
        command = [
            *(browser, "--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
            # Chromium's sandbox wants somebody else than root; the page is ours and has no script.
            *(("--no-sandbox",) if os.geteuid() == 0 else ()),
            *(f"--user-data-dir={folder}/profile", f"--window-size={_SIZE}"),
            *(f"--screenshot={picture.resolve()}", file.as_uri()),
        ]
        try:
            # Its own path and ours, and no shell.
            done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603
        except subprocess.TimeoutExpired as error:
            raise fail(f"{browser} took no picture within {_PATIENCE:.0f} seconds") from error
    if done.returncode or not picture.is_file():
        raise fail(f"{browser} took no picture: status {done.returncode}")
