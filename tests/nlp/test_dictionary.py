"""jieba's dictionary on a disk that refuses: reading goes on without a cache, and one line says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("dictionary")

READING = """
import resource, sys
from pathlib import Path
largest = int(sys.argv[2])
if largest:
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))  # what is longer is refused, as by a full disk
from nlp import segment
segment.use_cache(Path(sys.argv[1]))
print(" ".join(segment.words("三号楼门口路灯坏了半个月了")))
"""


def reading(folder: Path, *, largest: int = 0) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", READING, str(folder), str(largest)],
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is read where the cache is kept, and from it the next time."""
    folder = tmp_path_factory.mktemp("kept") / "cache"
    built, kept = reading(folder), reading(folder)
    assert (built.stderr, kept.stderr) == ("", "")
    assert [path.name for path in folder.iterdir()] == ["jieba.cache"]
    assert folder.stat().st_mode & 0o077 == 0
    assert built.stdout == kept.stdout
    return built.stdout


def test_a_full_disk_is_one_line_and_nothing_is_left_on_it(tmp_path: Path, whole: str) -> None:
    folder = tmp_path / "cache"
    done = reading(folder, largest=100_000)
    assert done.stdout == whole
    assert done.stderr == f"jieba's dictionary is built at every start: {folder} takes no cache\n"
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, whole: str) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "cache"
    done = reading(folder)
    assert done.stdout == whole
    assert done.stderr == f"jieba's dictionary is built at every start: {folder} takes no cache\n"
