"""Files in a warehouse that nothing names: left by loads that were killed before they were committed."""

from __future__ import annotations

from pathlib import Path

from pmo_analytics.warehouse import archive, catalogs
from pmo_analytics.warehouse.locks import LOADING, alone

# Behind the name of the copy of a catalog that a compaction works on.
COMPACTING = ".compacting"


def orphans(root: Path) -> list[Path]:
    """Files of the warehouse in `root` that no catalog names, and drafts of the archive; sorted.

    A load under way has files that no catalog names yet: ask under `alone(root, LOADING)`.
    """
    found = sorted(root.glob(f"*{COMPACTING}*"))
    for lake in catalogs.LAKES:
        folder = root / lake
        standing = {path for path in folder.rglob("*") if path.is_file() or path.is_symlink()}
        with catalogs.opened(catalogs.catalog_path(root, lake)) as catalog:
            standing -= {file.path for file in catalogs.named_files(catalog, folder)}
            standing -= set(catalogs.scheduled_files(catalog, folder))
        found += standing
    return sorted([*found, *archive.drafts(root / "archive")])


def remove_orphans(root: Path) -> list[Path]:
    """Remove them; WarehouseError where a load is under way, which may still need some."""
    with alone(root, LOADING):
        found = orphans(root)
        for path in found:
            path.unlink(missing_ok=True)
    return found
