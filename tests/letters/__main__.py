"""`make letters`: writes the golden letters anew, and a picture of each into var/letters, with a
page that shows all of them. What has changed is for a person to look at (`git diff`)."""

import asyncio
from html import escape
from pathlib import Path
from typing import Final

from deploy.local.servers import ROOT
from services.notify.samples import SAMPLES
from tests.browser import chromium
from tests.letters.golden import FOLDER, LANGUAGES, everything

PICTURES: Final = ROOT / "var/letters"
WIDTH: Final = 640


def write_golden() -> int:
    """All of them. Returns how many files are other than they were."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = dict(everything())
    for file in FOLDER.iterdir():
        if file.name not in wanted:
            file.unlink()
    changed = 0
    for name, text in wanted.items():
        file = FOLDER / name
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            changed += 1
    return changed


async def take_pictures() -> None:
    """Of each letter, in light and, for one language, in dark colours."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with chromium() as browser:
        for colours in ("light", "dark"):
            page = await browser.new_page(
                viewport={"width": WIDTH, "height": 400},
                color_scheme="dark" if colours == "dark" else "light",
            )
            for file in sorted(FOLDER.glob("*.html")):
                await page.goto(file.as_uri())
                await page.screenshot(path=_picture(file, colours), full_page=True)
            await page.close()


def _picture(file: Path, colours: str) -> Path:
    return PICTURES / f"{file.stem}.{colours}.png"


def write_index() -> Path:
    """A page with all pictures, a row for each letter."""
    rows = []
    for name, sample in SAMPLES.items():
        cells = "".join(
            f'<td><img src="{name}.{language}.{colours}.png" width="320"'
            f' alt="{escape(name)} in {language}, {colours}"></td>'
            for language in LANGUAGES
            for colours in ("light", "dark")
        )
        rows.append(f"<tr><th>{escape(name)}<br>{escape(sample.about)}</th>{cells}</tr>")
    index = PICTURES / "index.html"
    index.write_text(
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Letters</title>'
        f"<table>{''.join(rows)}</table></html>",
        encoding="utf-8",
    )
    return index


def main() -> None:
    changed = write_golden()
    asyncio.run(take_pictures())
    print(
        f"letters: {len(SAMPLES) * len(LANGUAGES)} written, {changed} files changed:"
        f" git diff {FOLDER.relative_to(ROOT)}"
    )
    print(f"their pictures: {write_index()}")


if __name__ == "__main__":
    main()
