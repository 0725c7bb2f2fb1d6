"""An example of whatever a JSON Schema describes, put together of the examples of its parts. Pure.

A part without an example of its own has the plainest value that it may have.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

Json = Mapping[str, Any]
_BY_FORMAT: Final = {"date-time": "2026-11-30T09:30:00Z", "date": "2026-12-01"}
_PLAINEST: Final[Mapping[str, Any]] = {"integer": 1, "number": 1.5, "boolean": False, "null": None}


def example_of(schema: Json, schemas: Json) -> Any:
    """One value that the schema allows. `schemas`: what it refers to, by name."""
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for name in ("anyOf", "oneOf", "allOf"):
        if name in schema:
            return example_of(schema[name][0], schemas)
    kind = schema.get("type")
    made = _OF_KINDS.get(kind) if isinstance(kind, str) else None
    return made(schema, schemas) if made else _PLAINEST.get(str(kind), {})


def _object(schema: Json, schemas: Json) -> Any:
    return {name: example_of(part, schemas) for name, part in schema.get("properties", {}).items()}


def _array(schema: Json, schemas: Json) -> Any:
    return [example_of(schema["items"], schemas)] if "items" in schema else []


def _string(schema: Json, schemas: Json) -> Any:
    return _BY_FORMAT.get(schema.get("format", ""), "text")


_OF_KINDS: Final[Mapping[str, Callable[[Json, Json], Any]]] = {
    "object": _object,
    "array": _array,
    "string": _string,
}
