"""The folders in which copies are made are gone when they are made, or when the next one comes."""

import subprocess
import sys
from pathlib import Path

from services.notify.work_folders import tidy, work_folder


async def test_a_folder_is_empty_ours_alone_and_gone_after(tmp_path: Path) -> None:
    async with work_folder(tmp_path) as folder:
        (folder / "x").write_text("x")
        assert folder.parent.stat().st_mode & 0o077 == 0
        assert tidy(tmp_path) == 0, "somebody is at it"
        assert folder.exists()
    assert list(tmp_path.iterdir()) == []


def test_what_was_left_behind_is_taken_away(tmp_path: Path) -> None:
    program = (
        "import asyncio, os, sys\n"
        "from pathlib import Path\n"
        "from services.notify.work_folders import work_folder\n"
        "async def main():\n"
        "    async with work_folder(Path(sys.argv[1])) as folder:\n"
        "        (folder / 'x').write_text('x')\n"
        "        os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == -9
    assert len(list(tmp_path.iterdir())) == 1
    assert tidy(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []
