"""Builds the site of the documentation: `python docs/site/build.py target/site`.

The pages of docs/ are ordinary Markdown that reads well in a repository's browser. Here they are staged for the
generator: blocks of the three languages that follow each other become tabs, files of the repository that a page links
to become pages, and the README files get their places. Then the generator runs, and every link of what it built is
followed. Anything that is not right ends in an error.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
HERE = DOCS / "site"

# Pages that stand elsewhere in the repository, and all that are not called as they are there.
PLACES = {
    "docs/README.md": "index.md",
    "docs/reference/README.md": "reference/index.md",
    "docs/migrating/README.md": "migrating/index.md",
    "README.md": "index.md",
    "ARCHITECTURE.md": "more/architecture.md",
    "CHANGELOG.md": "more/changelog.md",
    "CONTRIBUTING.md": "more/contributing.md",
    "bindings-python/README.md": "more/python.md",
    "bindings-node/README.md": "more/node.md",
    "bindings-c/README.md": "more/c.md",
    "docs": "index.md",
    "docs/reference": "reference/index.md",
    "docs/migrating": "migrating/index.md",
}
LANGUAGES = {"python": "Python", "js": "Node", "c": "C"}
SYNTAX = {
    ".c": "c",
    ".cob": "cobol",
    ".cpp": "cpp",
    ".cs": "csharp",
    ".f90": "fortran",
    ".h": "c",
    ".hpp": "cpp",
    ".java": "java",
    ".js": "js",
    ".json": "json",
    ".mjs": "js",
    ".pas": "pascal",
    ".php": "php",
    ".pl": "perl",
    ".py": "python",
    ".rs": "rust",
    ".sh": "sh",
    ".ts": "ts",
}

FENCE = re.compile(r"^```(\w*)[^\n]*\n.*?^```$\n?", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<=\]\()([^)\s]+)(?=\))")


class Stage:
    """The pages as the generator gets them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages = folder / "pages"
        # Files of the repository that some page links to.
        self.linked: set[str] = set()

    def fill(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        for source in self.sources():
            place = self.place(source)
            target = self.pages / place
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.suffix == ".md":
                target.write_text(self.page(source, place), encoding="utf-8")
            else:
                shutil.copy(source, target)
        todo = sorted(self.linked)
        while todo:
            path = ROOT / todo.pop()
            target = self.pages / self.place(path)
            if target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(self.file(path), encoding="utf-8")
            if path.is_dir():
                todo += [file.relative_to(ROOT).as_posix() for file in files_of(path)]
        shutil.copytree(HERE / "assets", self.pages / "assets")
        (self.folder / "zensical.toml").write_text(self.settings(), encoding="utf-8")

    def sources(self) -> Iterator[Path]:
        for path in sorted(DOCS.rglob("*")):
            if path.is_file() and HERE not in path.parents:
                yield path
        for name in PLACES:
            if (ROOT / name).is_file() and not name.startswith("docs/") and name != "README.md":
                yield ROOT / name

    def place(self, source: Path) -> str:
        """Where a file or folder of the repository stands among the pages."""
        name = source.relative_to(ROOT).as_posix()
        if name in PLACES:
            return PLACES[name]
        if DOCS in source.parents:
            return source.relative_to(DOCS).as_posix()
        return f"files/{name}.md"

    def page(self, source: Path, place: str) -> str:
        text = source.read_text(encoding="utf-8")
        pieces, at = [], 0
        for fence in FENCE.finditer(text):
            pieces += [("text", self.links(text[at : fence.start()], source, place)), (fence[1], fence[0])]
            at = fence.end()
        pieces.append(("text", self.links(text[at:], source, place)))
        return "".join(tabs(pieces))

    def file(self, path: Path) -> str:
        """A file of the repository, or the files of a folder, as a page that the search leaves out."""
        name = path.relative_to(ROOT).as_posix()
        head = f"---\nsearch:\n  exclude: true\n---\n\n# {name}\n\n"
        if path.is_dir():
            base = Path(self.place(path)).parent
            places = {file.relative_to(path).as_posix(): self.place(file) for file in files_of(path)}
            return head + "".join(f"- [{file}]({os.path.relpath(goal, base)})\n" for file, goal in places.items())
        text = path.read_text(encoding="utf-8", errors="replace").rstrip()
        fence = "`" * (max((len(run) for run in re.findall(r"`{3,}", text)), default=2) + 1)
        return f"{head}{fence}{SYNTAX.get(path.suffix, '')}\n{text}\n{fence}\n"

    def links(self, text: str, source: Path, place: str) -> str:
        def staged(link: re.Match[str]) -> str:
            address, anchor = urldefrag(link[1])
            if not address or re.match(r"[a-z]+:", address):
                return link[1]
            target = (source.parent / unquote(address)).resolve()
            if not target.exists() or ROOT not in target.parents:
                raise SystemExit(f"{source.relative_to(ROOT)}: there is no {link[1]}")
            goal = self.place(target)
            if goal.startswith("files/"):
                self.linked.add(target.relative_to(ROOT).as_posix())
            path = os.path.relpath(goal, Path(place).parent)
            return f"{path}#{anchor}" if anchor else path

        return LINK.sub(staged, text)

    def settings(self) -> str:
        """The settings, with the pages of the reference in the navigation."""
        text = (HERE / "zensical.toml").read_text(encoding="utf-8")
        first = ["index", "paths", "types", "limits"]
        names = sorted(page.stem for page in (self.pages / "reference").glob("*.md"))
        pages = [f'"reference/{name}.md"' for name in first + [name for name in names if name not in first]]
        text = text.replace('{ "Reference" = [] }', f'{{ "Reference" = [{", ".join(pages)}] }}')
        known = {*re.findall(r'"([\w/-]+\.md)"', text)}
        all_pages = {page.relative_to(self.pages).as_posix() for page in self.pages.rglob("*.md")}
        stray = {page for page in all_pages ^ known if not page.startswith("files/")}
        if stray:
            raise SystemExit(f"zensical.toml and the pages differ: {', '.join(sorted(stray))}")
        return text


def files_of(folder: Path) -> list[Path]:
    """The texts below a folder."""
    skipped = {"target", "node_modules", "__pycache__"}
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and not skipped & {*file.parts}]
    return [file for file in files if file.name[0] != "." and b"\0" not in file.read_bytes()]


def tabs(pieces: list[tuple[str, str]]) -> Iterator[str]:
    """Blocks of different languages that follow each other with nothing between them become tabs."""
    at = 0
    while at < len(pieces):
        group, ahead = [], at
        while ahead < len(pieces):
            kind, text = pieces[ahead]
            if kind in LANGUAGES and kind not in [kind for kind, _ in group]:
                group.append((kind, text))
            elif kind != "text" or text.strip() or not group:
                break
            ahead += 1
        if len(group) > 1:
            for kind, text in group:
                yield f'\n=== "{LANGUAGES[kind]}"\n\n' + "".join(
                    f"    {line}\n" if line else "\n" for line in text.splitlines()
                )
            yield "\n"
            at = ahead
        else:
            yield pieces[at][1]
            at += 1


def name_operations(site: Path) -> None:
    """Lets the search find an operation by its request and by its title in Brevo's documentation as well as by its own:
    each becomes an entry of the index, since words of titles weigh most. What the tables of names would add is there
    already."""
    index = json.loads((site / "search.json").read_text(encoding="utf-8"))
    items = [item for item in index["items"] if "/names-" not in item["location"] or item["title"] == "ResellerApi"]
    by_location = {item["location"]: item for item in items}
    aliases = []
    for page in sorted((DOCS / "reference").glob("*.md")):
        for section in page.read_text(encoding="utf-8").split("\n## ")[1:]:
            request = re.search(r"^`([A-Z]+ /[^`]*)`$", section, re.MULTILINE)
            title = re.search(r"^In Node .*; in Brevo's documentation \"([^\"]+)\"", section, re.MULTILINE)
            name = section.split()[0]
            for alias in [found[1] for found in (request, title) if found]:
                item = by_location[f"reference/{page.stem}.html#{name}"]
                aliases.append({**item, "title": alias, "text": item["text"].partition("</p>")[0] + "</p>"})
    # Entries that fit a query equally well keep their order: short paths first.
    items += sorted(aliases, key=lambda item: len(item["title"]))
    text = json.dumps({**index, "items": items}, ensure_ascii=False, separators=(",", ":"))
    (site / "search.json").write_text(text, encoding="utf-8")
    (site / "search.js").write_text(f"var __index = {text}", encoding="utf-8")


class Page(HTMLParser):
    """What a built page links to, loads, and can be linked to by."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = dict(attributes)
        self.anchors |= {value for name in ("id", "name") if (value := has.get(name))}
        address = has.get("href") or has.get("src")
        if address and tag == "a":
            self.links.append(address)
        elif address and not (tag == "link" and has.get("rel") in ("canonical", "prev", "next")):
            self.loads.append(address)


def check(site: Path) -> list[str]:
    """Links that lead nowhere, and what a page would load from another host."""
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    problems = []
    for path, page in pages.items():
        if path.name == "404.html":
            continue  # Its addresses are those of a server's root.
        name = path.relative_to(site)
        for address in page.loads:
            if re.match(r"(?:https?:)?//", address):
                problems.append(f"{name} loads {address}")
            elif (
                not address.startswith("data:")
                and not (path.parent / unquote(urldefrag(address)[0])).resolve().exists()
            ):
                problems.append(f"{name} loads {address}, which is not there")
        for address in page.links:
            target, anchor = urldefrag(address)
            if re.match(r"[a-z]+:", target):
                continue
            goal = (path.parent / unquote(target)).resolve() if target else path
            if goal.is_dir():
                goal /= "index.html"
            if not goal.exists():
                problems.append(f"{name} links to {address}, which is not there")
            elif anchor and goal in pages and unquote(anchor) not in pages[goal].anchors:
                problems.append(f"{name} links to {address}, where that anchor is not")
    for path in site.rglob("*.css"):
        problems += [
            f"{path.relative_to(site)} loads {address}"
            for address in re.findall(
                r"(?:url\(|@import )[\"']?((?:https?:)?//[^\"')]+)", path.read_text(encoding="utf-8")
            )
        ]
    return problems


def main(site: Path) -> None:
    stage = Stage(site.with_name("site-pages"))
    stage.fill()
    shutil.rmtree(site, ignore_errors=True)
    tool = Path(sys.executable).with_name("zensical")
    build = subprocess.run(
        [tool, "build", "--strict"], cwd=stage.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if build.returncode:
        raise SystemExit(build.stdout)
    (stage.folder / "built").rename(site)
    name_operations(site)
    problems = check(site)
    if problems:
        raise SystemExit("\n".join(problems))
    pages = sum(1 for _ in site.rglob("*.html"))
    print(f"{site}/index.html: {pages} pages, every link leads somewhere")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
