"""Writes sound: one MP3 with chapters, or a DAISY 2.02 book of sound and text, zipped.

espeak-ng speaks, lame packs; both are processes of their own. What is spoken is packed as it comes:
ten hours of sound are in no memory, and on the disk only packed.
"""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from services.notify.formats import daisy, id3, mp3
from services.notify.formats.chapters import Chapter, Clip
from services.notify.formats.findings import Finding, Reason, Refused, failure, found
from services.notify.formats.linear import Passage, Run, passages
from services.notify.formats.options import Format, Options
from services.notify.formats.saying import Say
from services.notify.formats.tools import fed, run
from services.notify.formats.tree import Document

RATE: Final = 22_050
_BYTES_A_SECOND: Final = 2 * RATE
_PAUSE: Final = {"title": 0.9, "heading": 0.7, "text": 0.35, "item": 0.3, "row": 0.3, "code": 0.3}
"""Seconds after each kind of passage."""
_VOICES: Final = {"en": "en-gb", "fr": "fr-fr"}
_KBIT: Final = 48
_LETTERS_FOR_SURE: Final = 20
_FASTEST: Final = 60.0
"""Letters a second above which something was left out."""


class Voices:
    """Which languages can be spoken; those that can't are counted."""

    def __init__(self, own: str) -> None:
        """Raises: Refused: there is no voice for the document's own language."""
        listed = run(["espeak-ng", "--voices"]).decode("utf-8", "replace").splitlines()[1:]
        self._known = {line.split()[1] for line in listed if len(line.split()) > 1}
        self._own = self._voice(own)
        self.other: set[str] = set()
        if not self._own:
            raise Refused(Reason.NO_LANGUAGE, f"There is no voice for {own}.")

    def of(self, language: str) -> str:
        found_voice = self._voice(language)
        if not found_voice:
            self.other.add(language)
        return found_voice or self._own

    def _voice(self, language: str) -> str:
        main = language.split("-", maxsplit=1)[0].lower()
        wanted = (language.lower(), _VOICES.get(main, main), main)
        return next((one for one in wanted if one in self._known), "")


def write(document: Document, target: Path, options: Options, say: Say) -> list[Finding]:
    """What is wrong with the sound. Raises: Refused."""
    voices = Voices(document.language)
    folder = Path("daisy")
    folder.mkdir()
    line = passages(document)
    chapters: list[Chapter] = []
    done = 0
    for number, (name, inner) in enumerate(_chapters(line, document.title), 1):
        chapter = Chapter(name, f"s{number:04d}")
        speaker = partial(_spoken, voices, options.words_a_minute)
        _speak(chapter, inner, folder, speaker, partial(_told, say, done, len(line)))
        done += len(inner)
        chapters.append(chapter)
    found_here = [found("other_language", len(voices.other))] if voices.other else []
    found_here += _check(chapters, folder)
    if options.format is Format.MP3:
        id3.bind(document, [(one.name, folder / f"{one.file}.mp3") for one in chapters], target)
        return found_here
    daisy.write(document, chapters, folder, target)
    return found_here + daisy.check(target)


def _chapters(line: list[Passage], title: str) -> list[tuple[str, list[Passage]]]:
    made: list[tuple[str, list[Passage]]] = [(title, [])]
    for passage in line:
        if passage.kind == "heading" and passage.level == 1:
            made.append((passage.text, []))
        made[-1][1].append(passage)
    return [one for one in made if one[1]]


def _speak(
    chapter: Chapter,
    line: list[Passage],
    folder: Path,
    speaker: Callable[[Passage], bytes],
    told: Callable[[int], None],
) -> None:
    """All of a chapter, into its MP3."""
    packing = ["lame", "--quiet", "-r", "-s", "22.05", "--bitwidth", "16", "--signed"]
    packing += ["--little-endian", "-m", "m", "--cbr", "-b", str(_KBIT), "-t", "--nores"]
    at = 0
    with fed([*packing, "-", str(folder / f"{chapter.file}.mp3")]) as packer:
        for number, passage in enumerate(line, 1):
            piece = speaker(passage) + bytes(2 * int(RATE * _PAUSE[passage.kind]))
            packer.write(piece)
            begins, at = at, at + len(piece)
            clip = Clip(passage, begins / _BYTES_A_SECOND, at / _BYTES_A_SECOND)
            chapter.clips.append(clip)
            told(number)
    chapter.seconds = at / _BYTES_A_SECOND


def _told(say: Say, before: int, of: int, done: int) -> None:
    say("speaking", before + done, of)


def _spoken(voices: Voices, words_a_minute: int, passage: Passage) -> bytes:
    """A passage as sound, each language by its own voice."""
    runs = _joined(passage, voices)
    return b"".join(_said(one, voices.of(one.language), words_a_minute) for one in runs)


def _joined(passage: Passage, voices: Voices) -> list[Run]:
    """Runs of one voice are one: a sentence is spoken as a whole."""
    made: list[Run] = []
    for one in passage.runs:
        if made and voices.of(made[-1].language) == voices.of(one.language):
            made[-1] = Run(made[-1].text + one.text, made[-1].language)
        else:
            made.append(one)
    return made


def _said(one: Run, voice: str, words_a_minute: int) -> bytes:
    text = " ".join(one.text.split())
    if not re.search(r"\w", text):
        return b""
    program = ["espeak-ng", "-v", voice, "-s", str(words_a_minute), "--stdin", "--stdout"]
    wave = run(program, text.encode())
    at = wave.find(b"data", 12, 200)
    return wave[at + 8 :] if at > 0 else b""


def _check(chapters: list[Chapter], folder: Path) -> list[Finding]:
    """Whether all that has words is heard, and the files are as long as the clips say."""
    made: list[Finding] = []
    silent = 0
    for chapter in chapters:
        for clip in chapter.clips:
            letters = sum(one.isalnum() for one in clip.passage.text)
            seconds = clip.ends - clip.begins - _PAUSE[clip.passage.kind]
            is_long = letters >= _LETTERS_FOR_SURE
            silent += (seconds <= 0 and letters > 0) or (is_long and letters > _FASTEST * seconds)
        long = mp3.seconds(folder / f"{chapter.file}.mp3")
        if abs(long - chapter.seconds) > 0.25:
            said = f"A chapter has {long:.1f} seconds; {chapter.seconds:.1f} were spoken."
            made.append(failure("sound_length", said))
    if silent:
        made.append(failure("sound_silent", "Passages are not heard.", silent))
    return made
