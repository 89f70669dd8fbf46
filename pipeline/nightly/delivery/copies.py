"""A copy of a night in another folder, such as that of a web server: there whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

from models.errors import plainly
from pipeline.errors import NightdeskError
from pipeline.nightly.delivery.channel import Committing, Letter, TryLater
from pipeline.nightly.pages import write_list
from pipeline.nightly.publish import recover, staging
from pipeline.output.lock import exclusive
from pipeline.output.own_files import NIGHT_FILE
from pipeline.paths import expanded


class CopyChannel:
    """Copies of nights into folders; a night that is there already is left as it is."""

    name = "folder"

    def __init__(self, folders: tuple[str, ...]) -> None:
        self._folders = folders

    @property
    def recipients(self) -> tuple[str, ...]:
        """The folders of the configuration, each once."""
        return tuple(dict.fromkeys(self._folders))

    def send(
        self, letter: Letter, recipient: str, *, message_id: str, committing: Committing
    ) -> str:
        """Copy the night into one folder, by one rename; return its place."""
        folder = expanded(recipient, named_by="nightly.copies")
        place = folder / letter.night
        try:
            with exclusive(folder, wait_s=10):
                if not _is_there(letter.folder, place):
                    with staging(folder, letter.night, replacing=True) as half:
                        shutil.copytree(letter.folder, half, dirs_exist_ok=True)
                recover(folder)
                write_list(folder)
        except NightdeskError as error:
            raise TryLater(str(error)) from None
        except (OSError, shutil.Error) as error:
            why = plainly(error) if isinstance(error, OSError) else str(error)
            raise TryLater(f"{place}: {why}") from None
        return str(place)


def _is_there(night: Path, place: Path) -> bool:
    record = place / NIGHT_FILE
    return record.is_file() and record.read_bytes() == (night / NIGHT_FILE).read_bytes()
