"""What is answered to each command of an SMTP conversation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.dialogue import Answer, Dialogue, Rules, Then
from shared.addresses import is_address, untagged

OWN = frozenset({"desk@llanfair.example", "local-history@llanfair.example"})
RULES = Rules(OWN, 100_000)
TLS = Rules(OWN, 100_000, offers_tls=True)
STRICT = Rules(OWN, 100_000, offers_tls=True, requires_tls=True)
MAIL = "MAIL FROM:<rhian@patrons.example>"
TO_US = "RCPT TO:<desk@llanfair.example>"


def after(*lines: str | bytes, rules: Rules = RULES) -> Dialogue:
    """A conversation in which these lines were said, and none refused."""
    dialogue = Dialogue(rules)
    for one in lines:
        answer = dialogue.hear(one if isinstance(one, bytes) else one.encode())
        assert not answer.is_refusal, (one, answer)
    return dialogue


def told(dialogue: Dialogue, line: str | bytes) -> str:
    return dialogue.hear(line if isinstance(line, bytes) else line.encode()).text


def test_a_letter_is_announced_and_asked_for() -> None:
    dialogue = after("EHLO relay.example", MAIL, TO_US)
    assert (dialogue.sender, dialogue.recipients) == (
        "rhian@patrons.example",
        ["desk@llanfair.example"],
    )
    assert dialogue.hear(b"DATA").then is Then.LETTER


def test_what_is_offered_is_what_there_is() -> None:
    offers = told(Dialogue(RULES), "EHLO relay.example").split("\r\n")
    assert offers == [
        "250-enquiry-desk",
        "250-PIPELINING",
        "250-SIZE 100000",
        "250-8BITMIME",
        "250-SMTPUTF8",
        "250-ENHANCEDSTATUSCODES",
        "250 HELP",
    ]
    assert "250-STARTTLS" in told(Dialogue(TLS), "EHLO relay.example").split("\r\n")


def test_helo_is_answered_in_one_line() -> None:
    assert told(Dialogue(RULES), "HELO relay.example") == "250 enquiry-desk"


@pytest.mark.parametrize(
    "to",
    [
        "desk@llanfair.example",
        "DESK@LLANFAIR.EXAMPLE",
        "desk+7k3m92qx.token@llanfair.example",
        "desk+@llanfair.example",
        "desk++@llanfair.example",
        "local-history@llanfair.example",
        "Local-History+x@llanfair.example",
    ],
)
def test_the_librarys_own_addresses_may_be_written_to_with_any_tag(to: str) -> None:
    assert told(after("EHLO x", MAIL), f"RCPT TO:<{to}>").startswith("250")
    assert told(after("EHLO x", MAIL), f"rcpt to: <{to}>").startswith("250")


@pytest.mark.parametrize(
    "to",
    [
        "",
        "desk",
        "postmaster",
        "desk@",
        "@llanfair.example",
        "other@llanfair.example",
        "desk@elsewhere.example",
        "desk@llanfair.example.elsewhere.example",
        "desk@not-llanfair.example",
        "desk@llanfair.example.",
        "desk@.llanfair.example",
        "desk@sub.llanfair.example",
        "deskx@llanfair.example",
        "xdesk@llanfair.example",
        "+desk@llanfair.example",
        "desk%elsewhere.example@llanfair.example",
        "desk%llanfair.example@elsewhere.example",
        "victim%elsewhere.example+x@llanfair.example",
        "elsewhere.example!desk@llanfair.example",
        "elsewhere.example!victim@llanfair.example",
        "desk@elsewhere.example@llanfair.example",
        "desk@llanfair.example@elsewhere.example",
        "@elsewhere.example:desk@llanfair.example",
        "@a.example,@b.example:desk@llanfair.example",
        "@llanfair.example:victim@elsewhere.example",
        '"desk"@llanfair.example',
        '"a b"@llanfair.example',
        '"desk@llanfair.example"@elsewhere.example',
        'desk+"x"@llanfair.example',
        "desk@[127.0.0.1]",
        "desk@[IPv6:::1]",
        "desk@127.0.0.1",
        "desk(comment)@llanfair.example",
        # A small l is a capital i, an e is Cyrillic, a k is Kelvin's, a point is ideographic.
        "desk@Ilanfair.example",
        "desk@llanfair.\u0435xample",
        "des\u212a@llanfair.example",
        "de\u017fk@llanfair.example",
        "desk@llanfair\u3002example",
        "desk+\u00e9@llanfair.example",
        "desk@\u217canfair.example",
        "desk@\uff4clanfair.example",
        "desk+" + "x" * 60 + "@llanfair.example",
        "|/bin/sh@llanfair.example",
        "desk@llanfair_example",
    ],
)
def test_nobody_else_may_be_written_to(to: str) -> None:
    dialogue = after("EHLO x", f"{MAIL} SMTPUTF8")
    assert told(dialogue, f"RCPT TO:<{to}>") == "550 5.1.1 No such address here"
    assert dialogue.recipients == []


@pytest.mark.parametrize(
    "line",
    [
        "RCPT",
        "RCPT TO",
        "RCPT TO:",
        "RCPT TO:desk@llanfair.example",
        "RCPT FROM:<desk@llanfair.example>",
        "RCPT TO:<desk@llanfair.example",
        "RCPT TO:desk@llanfair.example>",
        "RCPT TO:<<desk@llanfair.example>>",
        "RCPT TO:<desk @llanfair.example>",
        "RCPT TO:<desk@llanfair.example><victim@elsewhere.example>",
        "RCPT TO:<desk@llanfair.example>,<victim@elsewhere.example>",
        "RCPT TO:Desk <desk@llanfair.example>",
        'RCPT TO:<"desk@llanfair.example>',
    ],
)
def test_what_is_not_one_path_is_no_recipient(line: str) -> None:
    dialogue = after("EHLO x", MAIL)
    assert told(dialogue, line) == "501 5.5.4 Syntax error"
    assert dialogue.recipients == []


@given(st.text(max_size=80).filter(lambda text: text.isprintable()))
def test_whatever_is_written_only_our_own_get_through(path: str) -> None:
    dialogue = after("EHLO x", MAIL)
    answer = told(dialogue, f"RCPT TO:<{path}>")
    is_ours = is_address(path) and untagged(path) in OWN
    assert answer.startswith("250") == is_ours
    assert len(dialogue.recipients) == is_ours


@given(st.binary(max_size=700))
def test_nothing_that_is_said_brings_it_out_of_step(line: bytes) -> None:
    dialogue = Dialogue(RULES)
    answer = dialogue.hear(line)
    assert answer.text[:3].isdecimal()
    assert answer.text.isascii()
    assert dialogue.recipients == []


@pytest.mark.parametrize(
    ("path", "sender"),
    [
        ("<>", ""),
        ("<rhian@patrons.example>", "rhian@patrons.example"),
        ('<"a b"@patrons.example>', '"a b"@patrons.example'),
        ("<root>", "root"),
        ("<@a.example:rhian@patrons.example>", "@a.example:rhian@patrons.example"),
        ("<rhian@[192.0.2.1]>", "rhian@[192.0.2.1]"),
    ],
)
def test_any_sender_may_write(path: str, sender: str) -> None:
    assert after("EHLO x", f"MAIL FROM:{path}").sender == sender


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("MAIL", "501"),
        ("MAIL FROM:", "501"),
        ("MAIL FROM:rhian@patrons.example", "501"),
        ("MAIL FROM:<a b@patrons.example>", "501"),
        ("MAIL FROM:<a@b.example> SIZE", "501"),
        ("MAIL FROM:<a@b.example> SIZE=", "501"),
        ("MAIL FROM:<a@b.example> SIZE=many", "501"),
        ("MAIL FROM:<a@b.example> SIZE=-1", "501"),
        ("MAIL FROM:<a@b.example> SIZE=\u0661", "501"),
        ("MAIL FROM:<a@b.example> SIZE=" + "9" * 21, "501"),
        ("MAIL FROM:<a@b.example> SIZE=1 SIZE=2", "501"),
        ("MAIL FROM:<a@b.example> BODY=BINARYMIME", "501"),
        ("MAIL FROM:<a@b.example> SMTPUTF8=yes", "501"),
        ("MAIL FROM:<a@b.example> SIZE=100001", "552"),
        ("MAIL FROM:<a@b.example> SIZE=" + "9" * 20, "552"),
        ("MAIL FROM:<a@b.example> AUTH=<>", "555"),
        ("MAIL FROM:<a@b.example> RET=HDRS", "555"),
        ("MAIL FROM:<\u00e9@b.example>", "553 5.6.7"),
        ("MAIL FROM:<" + "a" * 250 + "@b.example>", "501 5.1.7"),
    ],
)
def test_a_sender_or_a_parameter_that_can_not_be_is_refused(line: str, code: str) -> None:
    dialogue = after("EHLO x")
    assert told(dialogue, line).startswith(code)
    assert dialogue.sender is None


def test_the_parameters_that_are_offered_are_known() -> None:
    line = "MAIL FROM:<\u00e9@b.example> size=100000 body=8bitmime smtputf8"
    assert after("EHLO x", line).sender == "\u00e9@b.example"


def test_a_letter_for_which_there_is_no_room_now_is_told_so_before_it_comes() -> None:
    rules = Rules(OWN, 100_000, has_room=lambda size: size < 5000)
    assert told(after("EHLO x", rules=rules), f"{MAIL} SIZE=5000").startswith("452 4.3.1")
    after("EHLO x", f"{MAIL} SIZE=4999", rules=rules)


@pytest.mark.parametrize(
    ("before", "line", "code"),
    [
        ([], MAIL, "503"),
        ([], TO_US, "503"),
        ([], "DATA", "503"),
        (["EHLO x"], TO_US, "503"),
        (["EHLO x", MAIL], MAIL, "503"),
        (["EHLO x", MAIL], "DATA", "503"),
        (["EHLO x", MAIL, TO_US, "EHLO x"], "DATA", "503"),
        (["EHLO x", MAIL, TO_US, "HELO x"], TO_US, "503"),
        (["EHLO x", MAIL, TO_US, "RSET"], "DATA", "503"),
        (["EHLO x", MAIL, TO_US], "DATA now", "501"),
        (["EHLO x", MAIL], f"{TO_US} NOTIFY=NEVER", "555"),
        ([], "EHLO", "501"),
        ([], "HELO", "501"),
        ([], "RSET now", "501"),
        ([], "QUIT now", "501"),
        ([], "VRFY", "501"),
        ([], "VRFY desk@llanfair.example", "252"),
        ([], "VRFY nobody@llanfair.example", "252"),
        ([], "EXPN staff", "502"),
        ([], "AUTH PLAIN AHJoaWFuAHNlY3JldA==", "502"),
        ([], "ETRN llanfair.example", "502"),
        ([], "STARTTLS", "502"),
        ([], "HELP", "214"),
        ([], "help me", "214"),
        ([], "NOOP", "250"),
        ([], "noop whatever", "250"),
        ([], "RSET", "250"),
        ([], "", "500"),
        ([], " ", "500"),
        ([], "NONSENSE", "500"),
        ([], "XCLIENT ADDR=127.0.0.1", "500"),
        ([], b"EHLO \xff", "500 5.5.2"),
        ([], b"NOOP \x00", "500 5.5.2"),
        ([], b"NO\x00OP", "500 5.5.2"),
        ([], b"NOOP a\nMAIL FROM:<>", "500 5.5.2"),
        ([], b"NOOP\rMAIL FROM:<>", "500 5.5.2"),
        ([], b"EHLO x\n", "500 5.5.2"),
        ([], b"EHLO\tx", "500 5.5.2"),
        ([], b"\xef\xbc\xaeOOP", "500 5.5.2"),
        ([], "RSET"[:2] + "\u017f" + "ET", "500 5.5.2"),
        ([], "NOOP " + "x" * 505, "250"),
        ([], "NOOP " + "x" * 506, "500 5.5.2"),
        (["EHLO x"], "MAIL FROM:<a@b.example>" + " " * 600, "500 5.5.2"),
        ([], "x" * 100_000, "500 5.5.2"),
    ],
)
def test_each_command_has_its_place_and_its_answer(
    before: list[str], line: str | bytes, code: str
) -> None:
    assert told(after(*before), line).startswith(code)


def test_every_refusal_has_a_code_that_a_mail_system_understands() -> None:
    """RFC 2034 §4: the class of the enhanced code is that of the answer."""
    from services.intake import dialogue

    answers = [one for one in vars(dialogue).values() if isinstance(one, Answer)]
    assert len(answers) > 20
    for one in answers:
        code, enhanced, _ = one.text.split(" ", 2)
        assert len(code) == 3
        assert one.text.startswith("354") or enhanced[0] == code[0]


@pytest.mark.parametrize(
    "line",
    [
        "GET / HTTP/1.1",
        "POST /v1/enquiries HTTP/1.1",
        "PUT / HTTP/1.0",
        "CONNECT llanfair.example:25 HTTP/1.1",
        "PRI * HTTP/2.0",
        "Host: llanfair.example",
        "Subject: this should be inside a letter",
        "Content-Length: 200",
        "BDAT 100 LAST",
    ],
)
def test_who_is_no_mail_system_is_not_listened_to_any_further(line: str) -> None:
    answer = after("EHLO x", MAIL, TO_US).hear(line.encode())
    assert answer.then is Then.END
    assert answer.text.startswith("421")


def test_a_hundred_recipients_and_no_more() -> None:
    dialogue = after("EHLO x", MAIL, *([TO_US] * 100))
    assert told(dialogue, TO_US).startswith("452 4.5.3")
    assert len(dialogue.recipients) == 100
    assert dialogue.hear(b"DATA").then is Then.LETTER


def test_after_twenty_errors_it_ends() -> None:
    dialogue = Dialogue(RULES)
    assert [told(dialogue, "NONSENSE")[:3] for _ in range(20)] == ["500"] * 20
    answer = dialogue.hear(b"NONSENSE")
    assert (answer.text[:3], answer.then) == ("421", Then.END)


def test_ten_thousand_recipients_end_it() -> None:
    dialogue = after("EHLO x", MAIL)
    said = [told(dialogue, f"RCPT TO:<desk+{one}@llanfair.example>") for one in range(10_000)]
    assert [one[:3] for one in said[:121]] == ["250"] * 100 + ["452"] * 20 + ["421"]
    assert len(dialogue.recipients) == 100


def test_three_hundred_commands_without_a_letter_end_it_and_a_letter_gives_new_ones() -> None:
    dialogue = Dialogue(RULES)
    for _ in range(3):
        assert {told(dialogue, "NOOP")[:3] for _ in range(250)} == {"250"}
        dialogue.letter_ended(is_kept=True)
    assert {told(dialogue, "NOOP")[:3] for _ in range(300)} == {"250"}
    answer = dialogue.hear(b"NOOP")
    assert (answer.text[:3], answer.then) == ("421", Then.END)


def test_a_letter_that_was_not_kept_gives_no_new_ones() -> None:
    dialogue = Dialogue(RULES)
    for _ in range(20):
        dialogue.letter_ended(is_kept=False)
    assert told(dialogue, "NONSENSE").startswith("421")


def test_after_a_letter_the_next_one_begins_anew() -> None:
    dialogue = after("EHLO x", MAIL, TO_US)
    dialogue.letter_ended(is_kept=True)
    assert told(dialogue, "DATA").startswith("503")
    assert not dialogue.hear(MAIL.encode()).is_refusal


def test_what_was_said_before_tls_counts_for_nothing() -> None:
    """RFC 3207 §4.2."""
    dialogue = after("EHLO x", MAIL, TO_US, rules=TLS)
    assert dialogue.hear(b"STARTTLS").then is Then.TLS
    dialogue.begin_anew()
    assert told(dialogue, "DATA").startswith("503")
    assert told(dialogue, MAIL).startswith("503 5.5.1 EHLO")
    assert "STARTTLS" not in told(dialogue, "EHLO x")
    assert "AUTH" not in told(dialogue, "EHLO x")
    assert told(dialogue, "STARTTLS").startswith("503")
    assert told(after(rules=TLS), "STARTTLS now").startswith("501")


def test_where_tls_is_required_little_can_be_said_before_it() -> None:
    dialogue = Dialogue(STRICT)
    said = {one: told(dialogue, one)[:3] for one in ("EHLO x", "NOOP", MAIL, TO_US, "DATA", "HELP")}
    assert said == {
        "EHLO x": "250",
        "NOOP": "250",
        MAIL: "530",
        TO_US: "530",
        "DATA": "530",
        "HELP": "530",
    }
    assert dialogue.hear(b"STARTTLS").then is Then.TLS
    dialogue.begin_anew()
    for one in ("EHLO x", MAIL, TO_US):
        assert not dialogue.hear(one.encode()).is_refusal
