"""Makes one copy: fetches the file, has it made, keeps what was made. Of the same file in the same
way one is made, and each who asks is given it as their own: erasing one patron takes no other's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from pydantic import ValidationError

from services.notify.conversion_rows import RUNNING, Claim
from services.notify.conversion_store import Conversions, pieces_of, repieced
from services.notify.formats.convert import Converted, convert
from services.notify.formats.findings import Reason, Refused
from services.notify.formats.job import Progress
from services.notify.formats.options import EXTENSIONS, Format, Options, key_of
from services.notify.work_folders import work_folder
from shared.conversion_limits import ConversionSettings
from shared.crash import crash_point
from shared.errors import Transient
from shared.messages import derived_id

_MOST_FINDINGS: Final = 100
_LONGEST: Final = 500
_TYPES: Final = {
    Format.HTML: "text/html",
    Format.PDF: "application/pdf",
    Format.LARGE_PRINT: "application/pdf",
    Format.EPUB: "application/epub+zip",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.TEXT: "text/plain",
    Format.BRF: "application/octet-stream",
    Format.PEF: "application/x-pef+xml",
    Format.MP3: "audio/mpeg",
    Format.DAISY: "application/zip",
}
Row = Mapping[str, Any]


class NotNow(Transient):
    """It can't be made at the moment, and that is no fault of the document."""


class Make(Protocol):
    """What makes a copy, or says why there is none."""

    async def __call__(
        self,
        source: Path,
        options: Options,
        work: Path,
        *,
        limits: ConversionSettings,
        name: str,
        told: Callable[[Progress], None],
    ) -> Converted: ...


@dataclass
class Far:
    """How far it is."""

    progress: dict[str, Any] | None = None

    def tell(self, progress: Progress) -> None:
        self.progress = progress.model_dump()


@dataclass(frozen=True)
class Maker:
    """What makes copies of files that are kept."""

    conversions: Conversions
    limits: ConversionSettings
    make: Make = convert

    async def made(self, claim: Claim, far: Far) -> Row:
        """What is known of the copy, which is kept. Raises: Refused; Transient."""
        file = await self.conversions.attachment(claim.letter_id, claim.number)
        stored = await self.conversions.contents.find(file["file"]) if file else None
        if file is None or stored is None:
            raise Refused(Reason.GONE)
        if file["state"] not in {"clean", "unscanned"}:
            raise NotNow("the virus scanner has not passed its file")
        if stored.size > self.limits.convert_most_bytes:
            raise Refused(Reason.TOO_LARGE, f"It has {stored.size} bytes.")
        options = _options(claim.wishes)
        same = await self._same(claim, file, options)
        if same is not None:
            return same
        async with work_folder() as folder:
            source = folder / "source"
            await self.conversions.fetch(stored, source)
            copy = await self.make(
                source,
                options,
                folder / "making",
                limits=self.limits,
                name=file["filename"],
                told=far.tell,
            )
            crash_point("convert.after_made")
            kept = pieces_of(copy.file)
            name, kind = called(file["filename"], options), _TYPES[options.format]
            file_id, made = await self.conversions.store(kept, name, kind, claim)
        return {
            "copy": made.row | {"file": file_id, "state": file["state"]},
            "findings": [_cut(one.model_dump()) for one in copy.findings[:_MOST_FINDINGS]],
            "pages": copy.pages,
            "kind": copy.kind,
            "language": copy.language[:40],
        }

    async def _same(self, claim: Claim, file: Row, options: Options) -> Row | None:
        """The copy that was made of the same file in the same way, as this one's own; None: there
        is none. Raises: NotNow: another worker makes it just now."""
        for one in await self.conversions.others(claim):
            if one["state"] == RUNNING:
                if (one["claimed_at"], one["_id"]) < (claim.claimed_at, claim.id):
                    raise NotNow("the same is being made for another")
                continue
            stored = await self.conversions.contents.find(one["copy"]["file"])
            if stored is None:
                continue
            pieces = repieced(self.conversions.contents.pieces(stored))
            name, kind = called(file["filename"], options), _TYPES[options.format]
            file_id, made = await self.conversions.store(pieces, name, kind, claim)
            known = {name: one[name] for name in ("findings", "pages", "kind", "language")}
            return {**known, "copy": made.row | {"file": file_id, "state": file["state"]}}
        return None


def key_for(file: Row | None, wishes: Row, otherwise: str) -> str:
    """What is the same for the same file and the same wishes. What a file is called is a part of
    it: a document without a title is given that, which may be one patron's words."""
    digest = (file or {}).get("sha256")
    try:
        options = Options.model_validate(wishes)
    except ValidationError:
        return otherwise  # it is refused when it is to be made
    if file is None or not digest:
        return otherwise
    return derived_id(key_of(digest, options), Path(file["filename"]).stem)


def _options(wishes: Row) -> Options:
    try:
        return Options.model_validate(dict(wishes))
    except ValidationError as error:
        raise Refused(Reason.UNKNOWN, "Nothing can be made with these wishes.") from error


def called(source: str, options: Options) -> str:
    """What the copy is called: after its source, with what it is."""
    size = f"-{options.point_size:g}pt" if options.format is Format.LARGE_PRINT else ""
    kind = options.format.value.replace("_", "-")
    return f"{Path(source).stem or 'copy'}-{kind}{size}.{EXTENSIONS[options.format]}"


def _cut(finding: dict[str, Any]) -> dict[str, Any]:
    """What a check says is a child's word, which a document may have put into its mouth."""
    return {name: one[:_LONGEST] if isinstance(one, str) else one for name, one in finding.items()}
