"""LibreOffice without its windows: a file opened and saved once, as somebody does who fills in a template."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

PROGRAM = shutil.which("soffice") or shutil.which("libreoffice")
_FILTERS = {
    ".xlsx": "xlsx:Calc MS Excel 2007 XML",
    ".docx": "docx:MS Word 2007 XML",
    # Separated by commas, in quotes where needed, UTF-8, cells as they are shown.
    ".csv": "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false",
}
# A word of thirty thousand letters is laid out for minutes.
_SECONDS = 600


def saved_by_libreoffice(path: Path, profile: Path, *, columns: int = 0) -> Path:
    """The file as LibreOffice saves it, in a folder beside; of CSV so many columns are opened as text."""
    assert PROGRAM is not None
    folder = path.parent / "saved"
    command = [PROGRAM, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    if columns:
        command.append("--infilter=CSV:44,34,76,1," + "/".join(f"{n}/2" for n in range(1, columns + 1)))
    command += ["--convert-to", _FILTERS[path.suffix], "--outdir", str(folder), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    made = folder / path.name
    assert made.exists(), done.stdout + done.stderr
    return made
