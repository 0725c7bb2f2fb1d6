"""Line ends, in every writing that somebody might take for one."""

from typing import Final

BREAKS: Final = [
    *("\r\n", "\n", "\r", "\n\r", "\r\r\n", "\r\n\r\n", "\n\n", "\r\n ", "\n\t", " \r\n"),
    *("\v", "\f", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\u2028", "\u2029", "\x00"),
    *("\x00\r\n", "\r\x00\n", "\x08\n", "\x1b\n", "\x7f\n", "\x80\n", "\x9f\n", "a\nb\rc\r\nd"),
    *("\\r\\n", "%0d%0a", "%0A", "&#13;&#10;", "=0D=0A", "=?utf-8?q?=0D=0A?=", "\u560d\u560a"),
    *("=?utf-8?b?DQo=?=", "=?utf-7?q?+AA0ACg-?=", "\\u000d\\u000a", "<CR><LF>", "\ufeff\n"),
    *("\u200b\r\n", "\xad\n"),
]
EVIL: Final = "Bcc: evil@x.example"
