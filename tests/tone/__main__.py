"""`make tone`: the checks on every thread; `python -m tests.tone held_out` for one file."""

import sys

from tests.tone.threads import FILES, Score, scored

if __name__ == "__main__":
    names = sys.argv[1:] or FILES
    every = [(name, scored(name)) for name in names]
    for name, score in every:
        print(f"{name}: {score}")
        print("".join(f"  {one}\n" for one in score.told), end="")
    whole = sum((score for _, score in every), Score())
    print(whole)
    sys.exit(bool(whole.missed) or whole.false_alarms * 20 > whole.innocent)
