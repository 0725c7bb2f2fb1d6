"""What IMAP_URL and IMAP_SINCE may say."""

from datetime import UTC, datetime

import pytest

from shared.imap_url import MailboxUrl, mailboxes, since

GOOD = "imaps://enquiries:secret@imap.llanfair.example"
HIDDEN = "hunter2"


def one(url: str) -> MailboxUrl:
    [found] = mailboxes(url)
    return found


def test_nothing_is_no_mailbox() -> None:
    assert mailboxes("") == mailboxes(" , ") == ()


def test_what_is_not_said() -> None:
    url = one(GOOD)
    assert (url.host, url.port, url.user, url.password) == (
        "imap.llanfair.example",
        993,
        "enquiries",
        "secret",
    )
    assert (url.folder, url.processed, url.tls, url.starttls) == ("INBOX", "Processed", True, False)


def test_what_is_said() -> None:
    url = one(
        "imap://enquiries%40llanfair.example:a%20b%2C%2F%3F%40%3A%C3%A9@Imap.Llanfair.example:1143"
        "/Ymholiadau/T%C5%B7?processed=Wedi%27u%20prosesu%2FTŷ"
    )
    assert (url.host, url.port) == ("imap.llanfair.example", 1143)
    assert (url.user, url.password) == ("enquiries@llanfair.example", "a b,/?@:é")
    assert (url.folder, url.processed) == ("Ymholiadau/Tŷ", "Wedi'u prosesu/Tŷ")


@pytest.mark.parametrize(
    ("url", "tls", "starttls"),
    [
        ("imaps://u:p@imap.example", True, False),
        ("imap://u:p@imap.example", False, True),
        ("imap://u:p@imap.example?tls=no", False, False),
        ("imap://u:p@127.0.0.1", False, False),
        ("imap://u:p@[::1]:143", False, False),
        ("imap://u:p@localhost/", False, False),
        ("imap://u:p@127.0.0.1.example", False, True),
    ],
)
def test_a_password_is_sent_in_the_clear_only_to_this_machine_or_where_that_is_wanted(
    url: str, tls: bool, starttls: bool
) -> None:
    assert (one(url).tls, one(url).starttls) == (tls, starttls)


@pytest.mark.parametrize("between", [" ", ",", ", ", "\n"])
def test_several_mailboxes(between: str) -> None:
    found = mailboxes(f"{GOOD}/INBOX{between}{GOOD}/Questions")
    assert [url.folder for url in found] == ["INBOX", "Questions"]


def test_a_mailbox_is_the_same_however_it_is_reached_and_the_inbox_in_any_case() -> None:
    ways = [GOOD, "imap://enquiries:new@IMAP.llanfair.example:1143/inbox?processed=X"]
    assert len({one(way).id for way in ways}) == 1


def test_the_password_is_not_shown() -> None:
    assert HIDDEN not in repr(one(f"imaps://u:{HIDDEN}@imap.example"))


@pytest.mark.parametrize(
    "url",
    [
        f"http://u:{HIDDEN}@imap.example",
        f"u:{HIDDEN}@imap.example",
        f"imaps://{HIDDEN}",
        f"imaps://u@{HIDDEN}",
        f"imaps://:{HIDDEN}@imap.example",
        f"imaps://u:{HIDDEN}@",
        f"imaps://u@llanfair.example:{HIDDEN}@imap.example",
        f"imaps://u:{HIDDEN}/x@imap.example",
        f"imaps://u:{HIDDEN}@imap.example:port",
        f"imaps://u:{HIDDEN}@imap.example:0",
        f"imaps://u:{HIDDEN}@imap.example:99999",
        f"imaps://u:{HIDDEN}@[::1",
        f"imaps://u:{HIDDEN}%FF@imap.example",
        f"imaps://u:{HIDDEN}@imap.example/a%00b",
        f"imaps://u:{HIDDEN}@imap.example/INBOX#1",
        f"imaps://u:{HIDDEN}@imap.example/INBOX?done=X",
        f"imaps://u:{HIDDEN}@imap.example/INBOX?processed",
        f"imaps://u:{HIDDEN}@imap.example/INBOX?processed=",
        f"imaps://u:{HIDDEN}@imap.example/INBOX?processed=A&processed=B",
        f"imaps://u:{HIDDEN}@imap.example/INBOX?tls=yes",
        f"imaps://u:{HIDDEN}@imap.example/INBOX?processed=inbox",
        f"imaps://u:{HIDDEN}@imap.example/Processed",
    ],
)
def test_a_bad_mailbox_is_named_by_its_place_and_never_shown(url: str) -> None:
    with pytest.raises(ValueError, match=r"^mailbox 2: ") as refusal:
        mailboxes(f"{GOOD} {url}")
    assert HIDDEN not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    "others",
    [
        f"{GOOD}/INBOX",
        "imap://enquiries:other@imap.llanfair.example:1143/inbox",
        f"{GOOD}/Processed?processed=INBOX",
        f"{GOOD}/Questions?processed=INBOX",
        f"{GOOD}/Processed?processed=Done",
    ],
)
def test_letters_do_not_go_round_and_nothing_is_read_twice(others: str) -> None:
    with pytest.raises(ValueError, match="mailbox"):
        mailboxes(f"{GOOD} {others}")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", None),
        ("all", None),
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22T09:30:00Z", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        ("2026-11-22T09:30:00+02:00", datetime(2026, 11, 22, 7, 30, tzinfo=UTC)),
    ],
)
def test_from_when_on(text: str, moment: datetime | None) -> None:
    assert since(text) == moment


@pytest.mark.parametrize(
    "text", ["", "Now", "yesterday", "2026-11-22T09:30:00", "2026-13-01", "22.11.2026", "20261122"]
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match="wanted: now, all, a date"):
        since(text)
