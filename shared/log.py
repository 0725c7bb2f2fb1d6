"""Logging: one JSON line an event, with ids and never a patron's words or address.

Each event is a past-tense name from the list here, so that an operator can look up every line
that he may read. Keys that are not in the list of keys are dropped: a new one is a decision.
"""

import logging
import sys
import traceback
import warnings
from collections.abc import Mapping
from typing import Any, Final

import orjson
import structlog

EVENTS: Final[Mapping[str, str]] = {
    "service_started": "the process is up; its servers may not be",
    "service_stopped": "it was asked to stop and has drained",
    "loop_ended": "a part of the service ended by itself: the process ends, to be started again",
    "loop_unending": "a part of the service did not end when it was told to: it is left",
    "stop_incomplete": "some work was still under way when the time to stop ran out",
    "broker_connected": "RabbitMQ is there and being consumed",
    "broker_lost": "RabbitMQ is away; it is tried again all the time",
    "broker_close_failed": "a link to RabbitMQ did not close in an orderly way",
    "publish_postponed": "a saved message could not be published yet; the sweep will",
    "sweep_postponed": "the sweep could not look for saved messages",
    "delivery_isolated": "whoever had a message died or lost its link, again and again: it is"
    " handled by itself now",
    "delivery_left": "a delivery was not settled; RabbitMQ gives it out again",
    "delivery_postponed": "handling failed for the moment; it comes again after a delay",
    "message_put_aside": "a message went to its dead-letter queue (`desk dead list`)",
    "handler_failed": "a fault in this program, with its traceback",
    "letter_kept": "a patron's letter is durable",
    "letter_known": "the same letter came again and was already there",
    "letter_refused": "a letter could not be kept now; the sender was told to try again",
    "certificate_read": "the SMTP door's certificate has changed, and the new one is used",
    "certificate_refused": "the changed certificate can't be used: the one before it still is",
    "form_refused": "a form was shown again, not for its faults, and why: a limit, the trap, …",
    "letter_quarantined": "a letter that can't be read was kept aside",
    "attachment_clean": "the virus scanner found nothing in an attachment",
    "attachment_infected": "the virus scanner found something: that attachment is not given out",
    "scan_postponed": "an attachment could not be scanned; it stays held and is tried again",
    "attachments_unscanned": "no scanner is set any more: so many letters' files are given out",
    "files_postponed": "the sweep could not look for files that no letter names, or pieces of them",
    "letter_released": "staff made an enquiry of a letter that was kept aside",
    "letter_discarded": "staff decided that a letter that was kept aside is no enquiry",
    "attempt_noted": "a stranger's letter named a ticket: noted there, and linked",
    "ticket_opened": "an enquiry became a ticket with an owner and a promise",
    "ticket_changed": "something happened to a ticket",
    "moment_fired": "something fell due on a ticket: a promise at risk, a call to be made, …",
    "silence_found": "a patron waits, nothing is promised, nobody is due: a fault in this program",
    "digest_made": "what a staff member is to be told of so many tickets (count) is on its way",
    "contact_lost": "a letter of ours could not be sent: somebody has to reach the patron again",
    "survey_kept": "a patron's answer to how it was is durable",
    "survey_refused": "such an answer was not taken now, and why: a limit, MongoDB is away, …",
    "survey_taken": "such an answer is on its ticket; what was not solved is open again",
    "letter_added": "a patron's letter joined its ticket",
    "notice_sent": "the relay took a letter of ours",
    "notice_deferred": "the relay could not take it now; it is tried again",
    "notice_refused": "the relay refused it for good: routing hears of it if it was a patron's",
    "notice_suppressed": "an automatic letter was not sent, and why",
    "notice_queued": "a letter has to wait for its relay, its domain or another letter, and why",
    "notice_bounced": "a letter of ours came back: its row says so",
    "relay_lost": "the relay takes nothing: letters wait, and one asks again from time to time",
    "relay_back": "the relay takes letters again",
    "door_failed": "a fault in this program while taking a letter in: the sender tries again",
    "outbox_unreadable": "a saved message is of another version of this program; it stays saved",
    "key_use_unnoted": "when a key was last used could not be written; nothing depends on it",
    "rate_reached": "a token has made all the requests of its minute: more are refused (429)",
    "rate_uncounted": "requests could not be counted: they are let in, some at a time",
    "request_unreadable": "what came to an HTTP port is no HTTP, or a line of it is too long (400)",
    "request_postponed": "MongoDB is away or slow: the caller was told to try again (503)",
    "file_uploaded": "staff uploaded a file that a reply will carry",
    "files_unsettled": "a reply was sent; that its files are its own is noted later, by the sweep",
    "download_broken_off": "a file was not handed out to its end: the client hung up, took nothing"
    " for a minute, or MongoDB went away",
    "request_broken_off": "a client of the API hung up while it was sending its request",
    "request_failed": "a fault in this program while answering a request, with its traceback",
    "database_prepared": "indexes are there",
    "database_awaited": "MongoDB is away; it is tried again all the time",
    "mailbox_opened": "a mailbox is being read",
    "mailbox_renumbered": "its server numbers it anew: everything in it is looked at again",
    "mail_left": "where to begin has been chosen: so many letters (count) are left where they are",
    "mailbox_lost": "a mailbox can't be read now, and why; it is tried again all the time",
    "mailbox_overtaken": "another copy of intake reads it now",
    "letter_postponed": "a letter stays in its mailbox for now and is tried again",
    "letter_gone": "somebody took a letter out of its mailbox before it was read",
    "move_postponed": "a kept letter could not be moved to the processed folder; it is tried again",
    "member_changed": "a staff member changed their name or the languages they answer in",
    "absence_noted": "a staff member will not be there, or is not from now on",
    "absence_ended": "a staff member is there again",
    "enquiry_taken_down": "staff wrote down what a patron asked by phone, at the desk, …",
    "opening_postponed": "what was taken down is kept; its ticket is opened in a moment",
    "answer_changed": "staff added, changed or removed a canned answer",
    "patron_changed": "staff noted, or took away, how a patron wants to be served",
    "patron_heeded": "a ticket follows what was noted of its patron",
    "publisher_changed": "staff added or changed somebody who is asked for copies",
    "use_uncounted": "a canned answer was used, and its count could not be raised",
    "tickets_paired": "a ticket followed what another had decided: a merge, a split, a link",
    "pair_postponed": "it will follow in a moment: the message that says so is saved",
    "circle_broken": "two tickets were merged into each other at one moment: one stands after all",
    "cause_answered": "staff noted what was done about a cause of enquiries",
    "conversion_asked": "a file is to be made into a patron's format: its row is kept",
    "conversion_begun": "a worker makes it now; attempt: how often it was begun",
    "conversion_made": "the copy is kept, with what its checks found",
    "conversion_failed": "no copy can be made of it, and why: routing is told",
    "conversion_cancelled": "it is not wanted any more; what was under way was ended",
    "conversion_released": "it was begun and goes back to whoever is free, and why",
    "conversion_overtaken": "another worker has it now: what this one made of it was thrown away",
    "conversions_postponed": "the database can't be asked for conversions; it is again in a moment",
    "conversions_refused": "files can't be made into other formats here, and why",
    "conversions_unconfined": "CONVERT_UNCONFINED: documents are opened with nothing around them",
    "work_left_behind": "so many folders (count) of conversions that were killed were taken away",
    "ticket_erased": "a patron's identity and words were taken out of a ticket, and why",
    "letter_erased": "the same of a letter that had no ticket, such as one in quarantine",
    "erased_letter_passed": "a letter that was erased on its way to routing opened no ticket",
    "retention_postponed": "what has been kept long enough could not be looked for; it will be",
    "listeners_postponed": "changes could not be read for those who listen; they are in a moment",
    "listener_cut": "a stream of changes was ended, and why: too slow, its token, …",
    "mention_lost": "RabbitMQ did not take word of changes: each copy looks by itself meanwhile",
    "journal_uncut": "old changes could not be taken out of the journal; the next time they are",
    "roster_postponed": "who is here could not be read again; the last reading is used",
}

KEYS: Final = frozenset(
    {
        "attempt",
        "by",
        "change",
        "count",
        "door",
        "event",
        "exception",
        "letter_id",
        "level",
        "mailbox",
        "notice",
        "notice_id",
        "owner",
        "part",
        "queue",
        "reason",
        "reference",
        "service",
        "state",
        "timestamp",
        "uid",
    }
)


_NOISY: Final = frozenset(
    {"aiormq", "aio_pika", "aiohttp", "mail.log", "pymongo", "asyncio", "dkimpy", "imapclient"}
)
"""Libraries that would write what a patron sent, or too much."""


def start_logging(service: str, level: str) -> None:
    """Set up logging for the whole process; called once, by `__main__`."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _where_it_failed,
            _Named(service),
            structlog.processors.JSONRenderer(serializer=_to_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    # Libraries speak of addresses and contents; what matters of theirs is logged as our events.
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore")  # they quote what they warn of, such as a file's name


class _Named:
    """Adds the service's name and drops every key that nobody decided to log."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __call__(self, _: Any, __: str, line: structlog.typing.EventDict) -> dict[str, Any]:
        line["service"] = self._service
        return {key: value for key, value in line.items() if key in KEYS}


def _where_it_failed(_: Any, __: str, line: structlog.typing.EventDict) -> dict[str, Any]:
    """The traceback without the error's own words: they may quote a patron."""
    if line.pop("exc_info", None):
        kind, error, trace = sys.exc_info()
        frames = "".join(traceback.format_tb(trace))
        line["exception"] = f"{frames}{kind.__name__ if kind else type(error).__name__}"
    return dict(line)


def _to_json(line: Any, **_: Any) -> bytes:
    return orjson.dumps(line, default=str)
