"""The few words that a copy adds of its own, in the languages the library writes. Pure."""

from typing import Final

_PHRASES: Final = {
    "contents": ("Contents", "Cynnwys", "Table des matières", "المحتويات"),
    "skip": ("Skip to the text", "Neidio i'r testun", "Aller au texte", "انتقل إلى النص"),
    "image": ("Image", "Delwedd", "Image", "صورة"),
    "no_description": (
        "image without description",
        "delwedd heb ddisgrifiad",
        "image sans description",
        "صورة بلا وصف",
    ),
    "table": ("Table", "Tabl", "Tableau", "جدول"),
    "formula": ("Formula", "Fformiwla", "Formule", "صيغة"),
    "note": ("note", "nodyn", "note", "حاشية"),
    "notes": ("Notes", "Nodiadau", "Notes", "حواشٍ"),
}
_LANGUAGES: Final = ("en", "cy", "fr", "ar")


def phrase(name: str, language: str) -> str:
    """In that language, or in English."""
    main = language.split("-", maxsplit=1)[0].lower()
    return _PHRASES[name][_LANGUAGES.index(main) if main in _LANGUAGES else 0]
