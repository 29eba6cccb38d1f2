"""Bring the third-party front-end files that no installed Python package carries.

Run by ``make vendor``: ``python static/vendor/fetch.py``. Every package is taken with ``npm pack``
at the exact version below, the listed files are copied to ``static/vendor/<name>-<version>/``, the
icon sprite is built from
``static/icons/icons.txt``, and ``vendor.json`` records what lies there with its
sha256. ``--check`` only compares the files with ``vendor.json`` and needs no network.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent
ICONS_DIR = VENDOR.parent / "icons"
MANIFEST = VENDOR / "vendor.json"
# The names of the icons in the sprite, one a line: add one, run this again.
ICON_LIST = ICONS_DIR / "icons.txt"


@dataclass(frozen=True)
class Package:
    """One npm package and the files of it that are shipped, as {path in package: our name}."""

    name: str
    npm: str
    version: str
    licence: str
    files: dict[str, str]

    @property
    def folder(self) -> str:
        """The folder under ``static/vendor``."""
        return f"{self.name}-{self.version}"


PACKAGES = (
    Package(
        "inter",
        "@fontsource-variable/inter",
        "5.3.0",
        "OFL-1.1",
        {
            "LICENSE": "LICENSE",
            "files/inter-latin-opsz-normal.woff2": "inter-latin.woff2",
            "files/inter-latin-wght-italic.woff2": "inter-latin-italic.woff2",
            "files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
        },
    ),
    Package(
        "inter-ttf",
        "@expo-google-fonts/inter",
        "0.4.2",
        "OFL-1.1",
        {
            "LICENSE_FONT": "LICENSE",
            "400Regular/Inter_400Regular.ttf": "inter-regular.ttf",
            "600SemiBold/Inter_600SemiBold.ttf": "inter-semibold.ttf",
        },
    ),
    Package(
        "source-serif-4",
        "@fontsource-variable/source-serif-4",
        "5.3.1",
        "OFL-1.1",
        {
            "LICENSE": "LICENSE",
            "files/source-serif-4-latin-wght-normal.woff2": "source-serif-4-latin.woff2",
            "files/source-serif-4-latin-wght-italic.woff2": "source-serif-4-latin-italic.woff2",
            "files/source-serif-4-latin-ext-wght-normal.woff2": "source-serif-4-latin-ext.woff2",
        },
    ),
    Package(
        "echarts",
        "echarts",
        "6.1.0",
        "Apache-2.0",
        {
            "LICENSE": "LICENSE",
            "NOTICE": "NOTICE",
            "licenses/LICENSE-d3": "LICENSE-d3",
            "dist/echarts.esm.min.js": "echarts.esm.min.js",
        },
    ),
    Package(
        "sortablejs",
        "sortablejs",
        "1.15.7",
        "MIT",
        {"LICENSE": "LICENSE", "modular/sortable.core.esm.js": "sortable.core.esm.js"},
    ),
)

LUCIDE_VERSION = "1.62.0"


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def unpack(npm: str, version: str, into: Path) -> Path:
    """``npm pack`` one package into a folder; returns the unpacked package's root."""
    into.mkdir(parents=True)
    command = ["npm", "pack", "--silent", "--pack-destination", str(into), f"{npm}@{version}"]
    subprocess.run(command, check=True, cwd=into, stderr=subprocess.DEVNULL)
    archive = next(into.glob("*.tgz"))
    with tarfile.open(archive) as tar:
        tar.extractall(into, filter="data")
    return into / "package"


def strip_source_map(path: Path) -> None:
    """Drop the pointer to a source map that is not shipped: static storage would look for it."""
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"\n//# sourceMappingURL=\S+\s*$", "\n", text), encoding="utf-8")


def bring(package: Package, scratch: Path) -> dict[str, object]:
    """Copy the listed files of a package and return its entry for ``vendor.json``."""
    root = unpack(package.npm, package.version, scratch / package.name)
    for stale in VENDOR.glob(f"{package.name}-[0-9]*"):
        shutil.rmtree(stale)
    target = VENDOR / package.folder
    target.mkdir(parents=True)
    for source, name in package.files.items():
        shutil.copyfile(root / source, target / name)
        if name.endswith(".js"):
            strip_source_map(target / name)
    return {
        "name": package.name,
        "npm": package.npm,
        "version": package.version,
        "licence": package.licence,
        "files": {
            f"vendor/{package.folder}/{name}": sha256(target / name)
            for name in sorted(package.files.values())
        },
    }


def symbol(name: str, svg: str) -> str:
    """One lucide file as a ``<symbol>`` that inherits stroke and colour from its user."""
    match = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if match is None:
        raise ValueError(f"{name} is not an svg file")
    body = re.sub(r"\s*\n\s*", "", match.group(1)).replace(" />", "/>")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>'


def bring_icons(scratch: Path) -> dict[str, object]:
    """Build ``static/icons/sprite.svg`` and return the entry for ``vendor.json``."""
    root = unpack("lucide-static", LUCIDE_VERSION, scratch / "lucide")
    ICONS_DIR.mkdir(exist_ok=True)
    symbols = [
        symbol(name, (root / "icons" / f"{name}.svg").read_text(encoding="utf-8"))
        for name in sorted(set(ICON_LIST.read_text(encoding="utf-8").split()))
    ]
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    (ICONS_DIR / "sprite.svg").write_text(sprite, encoding="utf-8")
    shutil.copyfile(root / "LICENSE", ICONS_DIR / "LICENSE")
    return {
        "name": "lucide",
        "npm": "lucide-static",
        "version": LUCIDE_VERSION,
        "licence": "ISC",
        "files": {f"icons/{name}": sha256(ICONS_DIR / name) for name in ("LICENSE", "sprite.svg")},
    }


def check() -> list[str]:
    """What differs between the files and ``vendor.json``, as sentences; empty when all is well."""
    entries = json.loads(MANIFEST.read_text(encoding="utf-8"))
    wrong = []
    for entry in entries:
        for name, digest in entry["files"].items():
            path = VENDOR.parent / name
            if not path.exists():
                wrong.append(f"{name} is missing")
            elif sha256(path) != digest:
                wrong.append(f"{name} differs from vendor.json")
    return wrong


def main() -> int:
    """Fetch everything, or with ``--check`` compare only. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="verify the hashes, fetch nothing")
    if parser.parse_args().check:
        wrong = check()
        sys.stderr.writelines(f"{line}\n" for line in wrong)
        return 1 if wrong else 0
    with tempfile.TemporaryDirectory() as scratch:
        entries = [bring(package, Path(scratch)) for package in PACKAGES]
        entries.append(bring_icons(Path(scratch)))
    # What does not come from npm is brought by hand and only its hash is kept here.
    entries += [entry for entry in json.loads(MANIFEST.read_text()) if "npm" not in entry]
    MANIFEST.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
