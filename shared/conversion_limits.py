"""How much a conversion may take, and how many are made at once. The variables are these fields in
capitals."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ConversionSettings(BaseSettings):
    """What a conversion is allowed, and whether it may run where it can't be confined."""

    model_config = SettingsConfigDict(frozen=True)

    conversion_workers: Annotated[int, Field(ge=0, le=64)] = 1
    """How many this copy makes at once; 0: none."""
    conversion_tries: Annotated[int, Field(ge=1, le=100)] = 5
    """How often one is begun that ends whoever makes it."""
    convert_most_bytes: Annotated[int, Field(ge=1024, le=4 * 1024**3)] = 200_000_000
    """Of the source, and of what is unpacked from it."""
    convert_most_pages: Annotated[int, Field(ge=1, le=20_000)] = 2_000
    convert_seconds: Annotated[int, Field(ge=5, le=48 * 3600)] = 3_600
    """By the clock, for one conversion."""
    convert_memory_mb: Annotated[int, Field(ge=512, le=65_536)] = 3_072
    """Of address space for each process, and of memory for all of one conversion together."""
    convert_processes: Annotated[int, Field(ge=16, le=4_096)] = 128
    convert_file_mb: Annotated[int, Field(ge=16, le=65_536)] = 2_048
    """Of one file that is written."""
    convert_folder_mb: Annotated[int, Field(ge=32, le=1_048_576)] = 8_192
    """Of all that one conversion writes."""
    convert_unconfined: bool = False
    """Convert though user namespaces are not allowed here: only for documents that are trusted."""
