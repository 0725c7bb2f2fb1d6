"""What the service and its confined child say to each other: a job, then lines. Pure.

The child may have been taken over by a document, so nothing that it says is believed unread.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.notify.formats.findings import Finding, Reason
from services.notify.formats.options import Options

Kind = Literal["docx", "odt", "epub", "html", "markdown", "pptx", "text", "pdf", "image"]
"""What a source is."""


class Job(BaseModel):
    """Convert this file, which lies in the work folder."""

    model_config = ConfigDict(frozen=True)

    source: str
    name: str
    """Of the file as the patron or staff call it, without its extension: a title of last resort."""
    extension: str
    options: Options
    most_bytes: int
    most_pages: int
    memory_mb: int


class Progress(BaseModel):
    """How far it is."""

    model_config = ConfigDict(frozen=True)

    step: Literal["reading", "recognising", "writing", "speaking", "checking"]
    done: int = 0
    of: int = 0
    """Pages, or passages; 0 where it can't be told."""


class Made(BaseModel):
    """What was made of it."""

    model_config = ConfigDict(frozen=True)

    file: Annotated[str, Field(pattern=r"^[a-z]{1,20}\.[a-z0-9]{1,5}$")]
    """In the folder `out` of the work folder."""
    kind: Kind
    language: str
    title: str
    pages: int | None
    """Of the source, where that has pages."""
    findings: Annotated[tuple[Finding, ...], Field(max_length=500)]


class Said(BaseModel):
    """A line that the child writes: one of these."""

    progress: Progress | None = None
    made: Made | None = None
    refused: Reason | None = None
    detail: str = ""
