"""Attachments: what they are called, what they are, and what staff are told of them."""

import re
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.attachments import MOST, Look, attached, attached_all, cleaned_name
from shared.file_types import type_of
from tests.properties import examples

OFFICE: Final = b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml"
OFFICE_TYPE: Final = "application/vnd.openxmlformats-officedocument"
ZIP: Final = b"PK\x03\x04\x14\0\0\0" + b"\0" * 40
LOCKED: Final = b"PK\x03\x04\x14\0\x01\0" + b"\0" * 40


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("list.pdf", "list.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\rhian\\list.pdf", "list.pdf"),
        ("list.pdf/", ""),
        ("..", ""),
        (".htaccess", "htaccess"),
        ("\u200b.htaccess", "htaccess"),
        (".\u200bhtaccess", "htaccess"),
        ("list\u202efdp.exe", "listfdp.exe"),
        ("\u2066list\u2069.pdf", "list.pdf"),
        ("li\0st\r\n.pdf", "list.pdf"),
        ("a\tb.pdf", "a b.pdf"),
        ("list.pdf. . ", "list.pdf"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("console.txt", "console.txt"),
        ('a<b>c:d"e|f?g*h.txt', "a_b_c_d_e_f_g_h.txt"),
        ("tŷ bach.pdf", "tŷ bach.pdf"),
        ("ty\u0302.pdf", "tŷ.pdf"),
        ("\U000e0041list.pdf", "list.pdf"),
        ("مكتبة.pdf", "مكتبة.pdf"),
    ],
)
def test_a_name_is_one_name_in_one_folder(written: str, cleaned: str) -> None:
    assert cleaned_name(written) == cleaned


def test_a_long_name_keeps_what_says_its_type() -> None:
    name = cleaned_name("a" * 5000 + ".pdf")
    assert len(name) == 200
    assert name.endswith("a.pdf")
    assert len(cleaned_name("." + "a" * 5000)) <= 200


@examples(1000)
@given(st.text(max_size=300))
def test_no_name_leaves_its_folder_or_hides_anything(written: str) -> None:
    name = cleaned_name(written)
    assert len(name) <= 200
    assert name.isprintable()
    assert not re.search(r'[/\\<>:"|?*]|^[. ]|[. ]$', name)
    assert cleaned_name(name) == name


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 30, "image/png"),
        (b"GIF89a" + b"\0" * 30, "image/gif"),
        (b"MZ\x90\x00" + b"\0" * 60, "application/x-executable"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 20, "application/x-executable"),
        (b"\xcf\xfa\xed\xfe" + b"\0" * 20, "application/x-executable"),
        (b"#!/bin/sh\nrm -r x\n", "application/x-executable"),
        (b"MZ is how Moritz signs", "text/plain"),
        (b"<!DOCTYPE html><p>", "text/html"),
        (b" \n<html>", "text/html"),
        (b"<?xml version='1.0'?><svg xmlns='x'/>", "image/svg+xml"),
        (OFFICE + b"word/document.xml", f"{OFFICE_TYPE}.wordprocessingml.document"),
        (b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/epub+zipPK", "application/epub+zip"),
        (b"PK\x03\x04" + b"\0" * 60, "application/zip"),
        (b"plain words", "text/plain"),
        (b"", ""),
        (b"\0\1\2\3\4\5", ""),
    ],
)  # fmt: skip
def test_what_it_is_is_told_by_what_is_in_it(content: bytes, kind: str) -> None:
    assert type_of(content) == kind


@pytest.mark.parametrize(
    ("name", "declared", "content", "flags"),
    [
        ("a.pdf", "application/pdf", b"%PDF-1.7", ()),
        ("a.csv", "application/vnd.ms-excel", b"a,b", ()),
        ("a.eml", "message/rfc822", b"From: x", ()),
        ("a.docx", "application/octet-stream", OFFICE + b"word/", ()),
        ("a.pdf", "application/pdf", b"MZ\0\0", ("executable", "type_mismatch")),
        ("a.pdf", "application/octet-stream", ZIP, ("type_mismatch", "archive")),
        ("a.png", "image/png", b"words", ("type_mismatch",)),
        ("a.jpg", "image/jpeg", b"<html>", ("active", "type_mismatch")),
        ("a.docm", "", OFFICE + b"word/vbaProject.bin", ("executable", "macros")),
        ("a.docx", "", OFFICE + b"word/vbaProject.bin", ("executable", "macros")),
        ("a.doc", "application/msword", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
         + "_VBA_PROJECT".encode("utf-16-le"), ("executable", "macros")),
        ("a.zip", "application/zip", LOCKED, ("archive", "encrypted")),
        ("a.html", "text/html", b"<html>", ("active",)),
        ("a.hta", "", b"x", ("executable",)),
        ("page", "text/plain", b"<script>x", ("executable",)),
    ],
)  # fmt: skip
def test_staff_are_told_before_they_open_it(
    name: str, declared: str, content: bytes, flags: tuple[str, ...]
) -> None:
    assert attached(name, declared, content, 1).flags == flags


@pytest.mark.parametrize(
    "extension",
    "exe js vbs scr lnk iso hta bat cmd ps1 jar msi apk docm xlsm".split(),  # noqa: SIM905
)
def test_what_runs_is_known_by_its_name(extension: str) -> None:
    for name in (f"a.{extension}", f"a.PDF.{extension.upper()}", f"a.{extension}. "):
        assert "executable" in attached(name, "application/pdf", b"x", 1).flags


def test_an_attachment_without_a_name_is_named_by_what_it_is() -> None:
    assert attached("", "application/octet-stream", b"%PDF-1.7", 3).filename == "attachment-3.pdf"
    assert attached("\u200b", "", b"\0\1", 1).filename == "attachment-1.bin"


def test_what_is_declared_and_a_fingerprint_are_kept() -> None:
    one = attached("../a.pdf", "Application/PDF", b"%PDF-1.7", 1)
    assert (one.declared_name, one.declared_type) == ("../a.pdf", "application/pdf")
    assert len(one.sha256) == 64
    assert attached("a", "no type\r\nX: y", b"", 1).declared_type == ""


def test_no_more_than_a_hundred_are_taken() -> None:
    assert len(attached_all(("a", "", b"") for _ in range(500))) == MOST


@examples(300)
@given(st.text(max_size=20), st.text(max_size=20), st.binary(max_size=200))
def test_nothing_attached_does_any_harm(name: str, declared: str, content: bytes) -> None:
    one = attached(name, declared, content, 1)
    assert one.filename
    assert one.size == len(content)


@pytest.mark.parametrize("size", [1, 7, 100, 8192, 100_000])
def test_what_passes_by_in_pieces_is_judged_as_if_it_was_there_whole(size: int) -> None:
    office = b"PK\x03\x04" + b"x" * 9000 + b"word/vbaProject.bin" + b"y" * 70_000
    files = {
        "a.docm": office + b"[Content_Types].xml word/",
        "a.doc": bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"),
        "a.pdf": b"%PDF-1.7\n" + b"z" * 20_000,
        "a.exe": b"MZ\0" + b"z" * 300,
    }
    for name, content in files.items():
        look = Look()
        for start in range(0, len(content), size):
            look.add(content[start : start + size])
        whole = attached(name, "text/plain", content, 1, content_id="c")
        assert look.attachment(name, "text/plain", 1, content_id="c", content=content) == whole
        assert whole.flags
