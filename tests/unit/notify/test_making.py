"""What a copy is called, and what makes two wishes the same."""

from services.notify.formats.options import Options
from services.notify.making import called, key_for

FILE = {"sha256": "00" * 32, "filename": "rivers.md"}
WISHES = {"format": "large_print", "language": "en", "point_size": 20}


def test_a_copy_is_called_after_its_source_and_what_it_is() -> None:
    assert called("rivers.md", Options(format="large_print", point_size=20)) == (
        "rivers-large-print-20pt.pdf"
    )
    assert called("Yr afon.docx", Options(format="brf")) == "Yr afon-brf.brf"
    assert called("", Options(format="daisy")) == "copy-daisy.zip"


def test_only_the_same_file_under_the_same_name_with_the_same_wishes_is_the_same() -> None:
    key = key_for(FILE, WISHES, "own")
    assert key == key_for({**FILE, "filename": "rivers.txt"}, dict(WISHES), "other")
    others = [
        key_for({**FILE, "sha256": "01" * 32}, WISHES, "own"),
        key_for({**FILE, "filename": "what-rhian-needs.md"}, WISHES, "own"),
        key_for(FILE, WISHES | {"point_size": 24}, "own"),
        key_for(FILE, WISHES | {"language": "cy"}, "own"),
    ]
    assert len({key, *others}) == 5
    for file, wishes in (({}, WISHES), (None, WISHES), (FILE, {"format": "nothing"})):
        assert key_for(file, wishes, "own") == "own", "what is not known is nobody else's"
