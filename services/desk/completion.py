"""`desk completion`: completion for bash, written from the commands as they are.

The script is static: no Tab starts Python. What it does not know it leaves to bash, which offers
files.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final, get_args

Words = Mapping[str, Sequence[str]]
_SCRIPT: Final = """\
# bash completion for desk, made by `desk completion`.
_desk() {{
    local word path= words= at
    for ((at = 1; at < COMP_CWORD; at++)); do
        word="${{path:+$path }}${{COMP_WORDS[at]}}"
        case "$word" in
            {commands}) path=$word ;;
        esac
    done
    case "$path ${{COMP_WORDS[COMP_CWORD - 1]}}" in
{values}
        *)
            case "$path" in
{words}
            esac
            ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}")
}}
complete -o default -F _desk desk
"""


def script(desk: Any) -> str:
    """The whole script. `desk`: the command as Click has it."""
    words: dict[str, list[str]] = {}
    values: dict[str, list[str]] = {}
    for path, command in _commands("", desk):
        words[path] = [*getattr(command, "commands", {}), *_options(command)]
        for option in command.params:
            if choices := _choices(option.type_descriptor.annotation):
                values |= {f"{path} {name}": choices for name in option.opts}
    return _SCRIPT.format(
        commands=" | ".join(f'"{path}"' for path in words if path),
        values="\n".join(_case(8, path, found) for path, found in values.items()),
        words="\n".join(_case(16, path, found) for path, found in words.items()),
    )


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, one in getattr(command, "commands", {}).items():
        yield from _commands(f"{path} {name}".strip(), one)


def _options(command: Any) -> list[str]:
    options = [one for one in command.params if one.param_type_name == "option"]
    names = [name for one in options for name in (*one.opts, *one.secondary_opts)]
    return [*(one for one in names if one.startswith("--")), "--help"]


def _choices(kind: Any) -> list[str]:
    """What a value may be, if that is one of few."""
    one = next(iter(get_args(kind)), kind)
    is_one_of_few = isinstance(one, type) and issubclass(one, Enum)
    return [str(it.value) for it in one] if is_one_of_few else []


def _case(indent: int, path: str, words: Sequence[str]) -> str:
    return f'{" " * indent}"{path}") words="{" ".join(dict.fromkeys(words))}" ;;'
