"""The confined child: `python -m services.notify.formats.worker job.json` in a work folder.

It knows one document and nothing else of the library: no address, no secret, no network. It says
how far it is, and in the end what it made or why it made nothing.
"""

import errno
import sys
from pathlib import Path
from typing import Final

from services.notify.formats import images, normal, read, saying, sniff, write
from services.notify.formats.findings import Reason, Refused
from services.notify.formats.job import Job, Made, Said
from services.notify.formats.options import EXTENSIONS

_DEEPEST_CALL: Final = 20_000
"""Trees are walked by recursion; `check_depth` bounds them before this does."""
_FULL: Final = {errno.EFBIG, errno.ENOSPC}
"""A file, or what there is for all, is as large as it may be."""


def make(job: Job, say: saying.Say) -> Made:
    """Raises: Refused."""
    source = Path(job.source)
    kind = sniff.kind_of(source, job)
    document = read.read(kind, source, job, say)
    document = normal.normalise(document, images.names(Path("media")), job.name)
    target = Path("out") / f"copy.{EXTENSIONS[job.options.format]}"
    checked = write.write(document, target, job, say)
    return Made(
        file=target.name,
        kind=kind,
        language=document.language,
        title=document.title,
        pages=document.pages,
        findings=tuple(document.findings + checked)[:500],
    )


def main() -> None:
    sys.setrecursionlimit(_DEEPEST_CALL)
    job = Job.model_validate_json(Path(sys.argv[1]).read_bytes())
    try:
        saying.line(Said(made=make(job, saying.Say())))
    except Refused as error:
        saying.line(Said(refused=error.reason, detail=error.detail))
    except RecursionError:
        saying.line(Said(refused=Reason.TOO_DEEP))
    except MemoryError:
        saying.line(Said(refused=Reason.TOO_MUCH))
    except OSError as error:
        if error.errno not in _FULL:
            raise
        saying.line(Said(refused=Reason.TOO_LARGE))


if __name__ == "__main__":
    main()
