"""Why no copy could be made, as a patron can be told it, in the languages of the letters. Pure.

The reasons are notify's; what is wrong on our side alone (a program that is not there) is no
patron's to read, and has no words here.
"""

from collections.abc import Mapping
from typing import Final

_LOCKED: Final = {
    "en": "the file is locked with a password, and we can't open it",
    "cy": "mae'r ffeil wedi'i chloi â chyfrinair, ac ni allwn ei hagor",
    "fr": "le fichier est protégé par un mot de passe, et nous ne pouvons pas l'ouvrir",
    "ar": "الملف مقفل بكلمة مرور ولا يمكننا فتحه",
}
_PROTECTED: Final = {
    "en": "its publisher has locked the file against copying, so no copy can be made of it",
    "cy": "mae'r cyhoeddwr wedi cloi'r ffeil rhag ei chopïo, felly ni ellir gwneud copi ohoni",
    "fr": "l'éditeur a verrouillé le fichier : aucune copie ne peut en être faite",
    "ar": "قفل الناشر الملف لمنع نسخه، فلا يمكن إعداد نسخة منه",
}
_UNREADABLE: Final = {
    "en": "the file is damaged, or of a kind that we can't read",
    "cy": "mae'r ffeil wedi'i difrodi, neu o fath na allwn ei ddarllen",
    "fr": "le fichier est endommagé, ou d'un type que nous ne pouvons pas lire",
    "ar": "الملف تالف أو من نوع لا يمكننا قراءته",
}
_EMPTY: Final = {
    "en": "there is no text in the file",
    "cy": "nid oes testun yn y ffeil",
    "fr": "le fichier ne contient pas de texte",
    "ar": "لا يوجد نص في الملف",
}
_TOO_MUCH: Final = {
    "en": "the document is larger or more involved than we can convert",
    "cy": "mae'r ddogfen yn rhy fawr neu'n rhy gymhleth i ni ei throsi",
    "fr": "le document est trop volumineux ou trop complexe pour que nous puissions le convertir",
    "ar": "المستند أكبر أو أعقد من أن نتمكن من تحويله",
}
_NO_LANGUAGE: Final = {
    "en": "we have no voice, braille code or text recognition for its language",
    "cy": "nid oes gennym lais, cod braille nac adnabod testun ar gyfer ei hiaith",
    "fr": "nous n'avons ni voix, ni code braille, ni reconnaissance de texte pour sa langue",
    "ar": "لا يتوفر لدينا صوت أو رمز برايل أو تعرف على النص بهذه اللغة",
}
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "encrypted": _LOCKED,
    "protected": _PROTECTED,
    **dict.fromkeys(("mistyped", "unknown", "damaged"), _UNREADABLE),
    "empty": _EMPTY,
    **dict.fromkeys(("too_large", "too_many_pages", "too_long", "too_deep", "too_much"), _TOO_MUCH),
    "no_language": _NO_LANGUAGE,
}
OURS: Final = frozenset({"not_confined", "missing_tool", "crashed", "gone"})
"""What is wrong here, and not with the document."""


def for_patron(reason: str | None, language: str) -> str | None:
    """What a letter can say of it; None: it is not a patron's to read."""
    words = _WORDS.get(reason or "")
    return words.get(language, words["en"]) if words else None
