"""A workspace from its backup: every part is checked before anything of it is seen, and it is there whole or not."""

from __future__ import annotations

import json
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pmo_analytics.errors import UsageError, WarehouseError
from pmo_analytics.warehouse import catalogs
from pmo_analytics.warehouse.archive import sha256
from pmo_analytics.warehouse.backup import FORMAT, MANIFEST, Manifest, Part, copy_hashed
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.lakes import SCHEMA_VERSION, NewerSchemaError, attach
from pmo_analytics.workspace import SETTINGS_FILE, Workspace

_LARGEST_MANIFEST = 1 << 28
_NEEDED = {SETTINGS_FILE, "warehouse/core.sqlite", "warehouse/personal.sqlite"}
_NAME = re.compile(
    r"pmo\.toml|warehouse/(core|personal)\.sqlite"
    r"|warehouse/(core|personal)/(?:\w[\w.=-]*/)*\w[\w.=-]*\.parquet"
    r"|warehouse/archive/[0-9a-f]{2}/[0-9a-f]{64}\.zst",
    re.ASCII,
)
_MADE_BY = "a file that `pmo warehouse backup` wrote"
_ANOTHER = "take another backup; nothing was restored"


def restore(file: Path, folder: Path, *, step: Callable[[str], None] = lambda _: None) -> Workspace:
    """Make the workspace that the backup `file` holds at `folder`, whole or not at all.

    `folder` is new, empty, or a workspace with the same `pmo.toml` that nothing
    was loaded into. Raises UsageError where it holds anything else,
    WarehouseError where a part of the backup is not what its manifest says, has
    a name that leads elsewhere, or comes from a newer program.
    """
    folder = folder.resolve()
    with _opened(file) as packed:
        manifest = _manifest(packed, file)
        _check_members(packed, manifest, file)
        _check_folder(folder, next(part.sha256 for part in manifest.parts if part.name == SETTINGS_FILE))
        inside = folder.is_dir()
        (folder if inside else folder.parent).mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=folder if inside else folder.parent, prefix=".restoring-"))
        # A folder of its own in it, with the rights that the system gives to any.
        staging = temporary / folder.name
        staging.mkdir()
        try:
            _check_room(manifest, staging)
            for part in manifest.parts:
                step(f"unpacking {part.name}")
                _unpack(packed, part, staging, file)
            step("checking what was unpacked")
            _check_catalogs(staging, file)
            _put(staging, folder, inside=inside)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    workspace = Workspace.find(folder)
    for place in (workspace.inbox, workspace.registers):
        place.mkdir(exist_ok=True)
    return workspace


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as packed:
            yield packed
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        raise WarehouseError(
            "the backup cannot be unpacked", file=file, found=str(problem), expected=_MADE_BY, hint=_ANOTHER
        ) from None


def _manifest(packed: zipfile.ZipFile, file: Path) -> Manifest:
    """What the backup says of itself; WarehouseError where it says nothing that is understood here."""
    names = packed.namelist()
    if MANIFEST not in names or packed.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
        raise WarehouseError("the file is no backup", file=file, found=f"no {MANIFEST}", expected=_MADE_BY)
    try:
        said = json.loads(packed.read(MANIFEST))
        form, schema = int(said["format"]), int(said["schema_version"])
        parts = [Part(str(p["name"]), int(p["bytes"]), str(p["sha256"])) for p in said["parts"]]
        manifest = Manifest(form, str(said["program"]), schema, str(said["made_at"]), parts)
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise WarehouseError(
            f"its {MANIFEST} cannot be read", file=file, found=repr(problem), expected=_MADE_BY, hint=_ANOTHER
        ) from None
    if form > FORMAT or schema > SCHEMA_VERSION:
        raise NewerSchemaError(
            "the backup was made by a newer program",
            file=file,
            found=f"format {form}, schema version {schema}, pmo-analytics {manifest.program}",
            expected=f"at most format {FORMAT}, schema version {SCHEMA_VERSION}",
            hint="install the pmo-analytics that made it, or a later one",
        )
    return manifest


def _check_members(packed: zipfile.ZipFile, manifest: Manifest, file: Path) -> None:
    """Every member is a plain file with a name of ours, once, and the manifest's; nothing else is there."""

    def refused(problem: str, name: str) -> WarehouseError:
        return WarehouseError(problem, file=file, found=repr(name), expected=_MADE_BY, hint=_ANOTHER)

    entries = packed.infolist()
    for entry in entries:
        if entry.filename != MANIFEST and not _NAME.fullmatch(entry.filename):
            raise refused("a member's name leads to where a backup puts nothing", entry.filename)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in {0, stat.S_IFREG}:
            raise refused("a member is a link, or no plain file", entry.filename)
    members, named = [e.filename for e in entries], [part.name for part in manifest.parts]
    for names in (members, named):
        if twice := sorted(name for name, number in Counter(names).items() if number > 1):
            raise refused("a member is there twice", twice[0])
    if odd := sorted(set(members) ^ {*named, MANIFEST}):
        raise refused(f"members and {MANIFEST} differ", odd[0])
    if lacking := sorted(_NEEDED - set(named)):
        raise refused("a part is missing", lacking[0])
    sizes = {entry.filename: entry.file_size for entry in entries}
    for part in manifest.parts:
        if sizes[part.name] != part.bytes:
            raise refused(f"a member has {sizes[part.name]:,} bytes, and {part.bytes:,} were packed", part.name)


def _check_folder(folder: Path, settings: str) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError("a workspace is a folder", file=folder, hint="name a new one")
    held = sorted(path.name for path in folder.iterdir())
    if not held:
        return
    if SETTINGS_FILE in held and "warehouse" not in held:
        if sha256(folder / SETTINGS_FILE) == settings:
            return
        raise UsageError(
            "the workspace has settings of its own",
            file=folder / SETTINGS_FILE,
            expected="no pmo.toml but that of the backup",
            hint="restore into a new folder",
        )
    raise UsageError(
        "the folder is not empty",
        file=folder,
        found=", ".join(held[:5]),
        expected="a new or empty folder, or a workspace that nothing was loaded into",
        hint="restore into a new folder: a backup is never unpacked over anything",
    )


def _check_room(manifest: Manifest, staging: Path) -> None:
    free = shutil.disk_usage(staging).free
    if manifest.bytes > free:
        raise WarehouseError(
            "the backup does not fit on the disk",
            file=staging.parents[1],
            found=f"{free:,} bytes free",
            expected=f"{manifest.bytes:,} bytes",
            hint="make room, or restore elsewhere",
        )


def _unpack(packed: zipfile.ZipFile, part: Part, staging: Path, file: Path) -> None:
    target = staging / part.name
    target.parent.mkdir(parents=True, exist_ok=True)
    with packed.open(part.name) as source, target.open("xb") as copy:
        size, digest = copy_hashed(source, copy, part.bytes)
    if (size, digest) != (part.bytes, part.sha256):
        raise WarehouseError(
            "a part is not what was packed",
            file=file,
            found=f"{part.name}: {size:,} bytes, sha256 {digest}",
            expected=f"{part.bytes:,} bytes, sha256 {part.sha256}",
            hint=_ANOTHER,
        )
    if target.suffix == ".zst":
        target.chmod(0o444)


def _check_catalogs(staging: Path, file: Path) -> None:
    """Raise WarehouseError where a catalog is unsound or names a file that the backup does not hold."""
    root = staging / "warehouse"
    for lake in catalogs.LAKES:
        with catalogs.opened(catalogs.catalog_path(root, lake)) as catalog:
            broken = catalogs.faults(catalog)
            named = catalogs.named_files(catalog, root / lake)
        odd = [f for f in named if not catalogs.is_within(f.path, root / lake) or not f.path.is_file()]
        if broken or odd:
            found = broken[0] if broken else f"a data file elsewhere: {odd[0].path}"
            raise WarehouseError(f"the {lake} catalog is unsound", file=file, found=found, hint=_ANOTHER)
    with connect() as connection:
        attach(connection, Workspace.find(staging), read_only=True)


def _put(staging: Path, folder: Path, *, inside: bool) -> None:
    """Move what was checked to its place; a folder is a workspace only once `pmo.toml` is there, which comes last."""
    if not inside:
        staging.rename(folder)
        return
    (staging / "warehouse").rename(folder / "warehouse")
    try:
        (staging / SETTINGS_FILE).replace(folder / SETTINGS_FILE)
    except OSError:
        (folder / "warehouse").rename(staging / "warehouse")
        raise
