# SPDX-License-Identifier: Apache-2.0
"""A hook of MkDocs: adds the changelog and the pages of the C++ reference, one for each header, to the site, and links
the names of classes in all code to them. Fails where something public has no documentation."""

import pathlib
import posixpath
import re
import sys

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts" / "docs"))
import reference  # noqa: E402  (lives beside this file)

OVERVIEW = "reference/overview.md"
SPAN = re.compile(r'(<span class="n">sync</span><span class="o">::</span>)?<span class="n[cf]?">(\w+)</span>')

links = {}


def titles(entries):
    """The titles of pages, as mkdocs.yml has them."""
    for entry in entries:
        for title, page in entry.items() if isinstance(entry, dict) else ():
            if isinstance(page, list):
                yield from titles(page)
            else:
                yield page, title


def with_folders(entries):
    """The navigation with the pages of each folder in it."""
    for entry in entries:
        (title, value), = entry.items()
        if isinstance(value, list):
            yield {title: list(with_folders(value))}
        elif value.endswith("/"):
            yield {title: [value + path.name for path in sorted((ROOT / "docs" / value).glob("*.md"))]}
        else:
            yield entry


def on_config(config):
    config.nav = list(with_folders(config.nav))
    return config


def on_files(files, config):
    library = reference.Library(ROOT / "build" / "docs" / "xml")
    missing = list(library.undocumented())
    if missing:
        raise PluginError("without documentation:\n  " + "\n  ".join(missing))
    title_of = dict(titles(config.nav))
    pages = {f"reference/{header.page}.md": header for header in library.headers}
    for page, header in pages.items():
        if page not in title_of:
            raise PluginError(f"{header.name} has no place in the navigation of mkdocs.yml: {page}")
        files.append(File.generated(config, page, content=reference.page(library, header, title_of[page])))
    files.append(File.generated(config, OVERVIEW, content=reference.overview(pages, title_of)))
    files.append(File.generated(config, "CHANGELOG.md", abs_src_path=str(ROOT / "CHANGELOG.md")))
    links.update(library.classes())
    return files


def on_page_content(html, page, config, files):
    here = posixpath.dirname(page.url)

    def link(found):
        name = f"sync::{found[2]}" if found[1] or page.url == "reference/sync.html" else found[2]
        target = links.get(name) or (not found[1] and links.get(found[2]))
        if not target:
            return found[0]
        url = posixpath.relpath("reference/" + target[0], here or ".") + "#" + target[1]
        return f'{found[1] or ""}<a class="type" href="{url}">{found[2]}</a>'

    return SPAN.sub(link, html)
