from services.intake.reply_text import split

BEGINS = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n"
SIGNATURE = (
    "-----BEGIN PGP SIGNATURE-----\nVersion: Example 1.0\n\n"
    "iQEcBAEBAgAGBQJOdHRrAAoJEDx1k3\n=abcd\n-----END PGP SIGNATURE-----"
)
ASKED = "Dear library,\n\nhave you the tide tables of 1911?"


def test_what_openpgp_puts_around_a_text_is_no_part_of_it() -> None:
    words = split(f"{BEGINS}\n{ASKED}\n\n{SIGNATURE}\n")
    assert words.new == ASKED
    assert words.signature == f"{BEGINS}\n{SIGNATURE}"


def test_the_sender_closes_the_letter_above_what_openpgp_adds() -> None:
    words = split(f"{BEGINS}\n{ASKED}\n\n- -- \nIfor Hughes\n{SIGNATURE}\n\n> What do you seek?")
    assert words.new == ASKED
    assert "--\nIfor Hughes\n" in words.signature
    assert words.quoted == "> What do you seek?"


def test_a_line_is_read_as_it_was_before_it_was_signed() -> None:
    words = split(f"{BEGINS}\nI seek:\n- - tides\n- - moons\n{SIGNATURE}\n- not signed")
    assert words.new == "I seek:\n- tides\n- moons\n- not signed"


def test_a_frame_that_is_not_whole_takes_no_words_away() -> None:
    assert split(f"-----BEGIN PGP SIGNED MESSAGE-----\n{ASKED}").new == ASKED
    assert split(f"{BEGINS}\n{ASKED}").new == ASKED
    talk = "What is\n-----BEGIN PGP SIGNATURE-----\nfor, please?"
    assert split(talk).new == talk
