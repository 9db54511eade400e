# SPDX-License-Identifier: Apache-2.0
"""The pages of the C++ reference, from doxygen's XML: a page for each header, in the order of its declarations."""

import pathlib
import re
import xml.etree.ElementTree as ElementTree

NAMESPACE = "dataknobs::"
# Whose members are said to be as those of another class where they say nothing themselves.
TWINS = {"sync::Database": "Database", "sync::Store": "Store", "sync::Transaction": "Transaction",
         "Table": "Database", "sync::Table": "Table"}
# They begin a paragraph of their own.
LABELS = re.compile(r"(?:^|\s+)((?:Errors|Behavior|Cancellation|Thread safety|Limits|Memory|Lifetime|REQUIRES)"
                    r"(?: of all|, [^:.]+| \([^)]*\))?:)\s")
SIGNATURE_COLUMNS = 96


def text_of(element):
    return "".join(element.itertext()) if element is not None else ""


def plain(code):
    """Code as it is written in the headers, where doxygen has its own ideas of blanks."""
    code = re.sub(r"<\s+", "<", code)
    code = re.sub(r"\s+>", ">", code)
    code = re.sub(r"\s+([&*]+)(?=[\w(])", r"\1 ", code)
    code = re.sub(r"(?<!\))\s+(&&?|\*)(?=[,)>.]|$)", r"\1", code)
    code = re.sub(r"(?<=\w)=(?=[\w{])", " = ", code)
    return code.strip()


def split_parameters(text):
    depth, start, parts = 0, 0, []
    for place, character in enumerate(text):
        depth += character in "<({"
        depth -= character in ">)}"
        if character == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    return [*parts, text[start:].strip()]


def folded(signature):
    """One parameter a line where they do not fit on one."""
    if len(signature) <= SIGNATURE_COLUMNS or "(" not in signature:
        return signature
    open_, close = signature.index("("), signature.rindex(")")
    parts = split_parameters(signature[open_ + 1:close])
    return signature[:open_] + "(\n    " + ",\n    ".join(parts) + signature[close:]


class Markdown:
    """Doxygen's descriptions as Markdown."""

    def __init__(self, url_of):
        self.url_of = url_of

    @staticmethod
    def escaped(text):
        text = re.sub(r"\s+", " ", text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return re.sub(r"([\\`*_\[\]#|])", r"\\\1", text)

    def inline(self, element):
        if element.tag == "computeroutput":
            return f"`{text_of(element)}`"
        if element.tag == "ref":
            url, text = self.url_of(element.get("refid")), self.escaped(text_of(element))
            return f"[`{text_of(element)}`]({url})" if url else text
        if element.tag in ("lsquo", "rsquo"):
            return "'"
        return self.escaped(element.text) + "".join(self.inline(each) + self.escaped(each.tail) for each in element)

    @staticmethod
    def listing(element):
        for blank in element.iter("sp"):
            blank.text = " "
        lines = [text_of(line) for line in element.iter("codeline")]
        return "```cpp\n" + "\n".join(lines).rstrip() + "\n```"

    def blocks(self, element):
        """The paragraphs, lists and code of a description."""
        text = self.escaped(element.text)
        for each in element:
            if each.tag == "programlisting":
                yield from self.paragraphs(text)
                yield self.listing(each)
                text = ""
            elif each.tag == "itemizedlist":
                yield from self.paragraphs(text)
                yield "\n".join("- " + " ".join(self.blocks(item)).strip() for item in each)
                text = ""
            elif each.tag == "para":
                yield from self.paragraphs(text)
                yield from self.blocks(each)
                text = ""
            else:
                text += self.inline(each)
            text += self.escaped(each.tail)
        yield from self.paragraphs(text)

    @staticmethod
    def paragraphs(text):
        text = re.sub(r"\bdocs/([\w-]+\.md)", r"[docs/\1](../\1)", text)
        for part in LABELS.sub(r"\n\n**\1** ", text).replace("**REQUIRES:**", "**Requires:**").split("\n\n"):
            if part.strip():
                yield part.strip()

    def description(self, element):
        parts = [part for name in ("briefdescription", "detaileddescription")
                 for part in self.blocks(element.find(name))]
        return "\n\n".join(parts)


class Entry:
    """A member, a function or a type, with all its overloads."""

    def __init__(self, name, elements, owner=None):
        self.name, self.elements, self.owner = name, elements, owner
        location = elements[0].find("location")
        self.header, self.line = pathlib.PurePath(location.get("file")), int(location.get("line"))
        self.kind = elements[0].get("kind")
        word = re.sub(r"\W+", "-", name).strip("-").lower()
        self.anchor = f"{owner.anchor}-{word}" if owner else word

    @property
    def ids(self):
        return [element.get("id") for element in self.elements]

    def describe(self, markdown):
        return "\n\n".join(filter(None, (markdown.description(element) for element in self.elements)))

    def overloads(self, markdown):
        """The signatures with what is said of them: one that says nothing is said with the one before."""
        groups = []
        for element in self.elements:
            said = markdown.description(element)
            if not groups or (said and groups[-1][1]):
                groups.append(([], ""))
            groups[-1] = ([*groups[-1][0], folded(self.signature(element))], groups[-1][1] or said)
        return [("\n".join(signatures), said) for signatures, said in groups]

    @staticmethod
    def template(element):
        parameters = element.find("templateparamlist")
        if parameters is None:
            return ""
        names = []
        for each in parameters:
            default = each.find("defval")
            names.append(" ".join(filter(None, (text_of(each.find("type")), text_of(each.find("declname")))))
                         + (f" = {text_of(default)}" if default is not None else ""))
        requires = text_of(element.find("requiresclause"))
        return f"template <{plain(', '.join(names))}>\n" + (f"  requires {plain(requires)}\n" if requires else "")

    def signature(self, element):
        type_, name = plain(text_of(element.find("type"))), element.findtext("name")
        arguments = plain(element.findtext("argsstring") or "")
        head = self.template(element)
        if element.get("kind") == "typedef":
            return f"{head}using {name} = {type_};"
        if element.get("kind") == "enum":
            under = plain(text_of(element.find("type")))
            return f"enum class {name}" + (f" : {under}" if under else "") + ";"
        words = [word for word, said in (("static", element.get("static") == "yes"),
                                         ("friend", element.get("kind") == "friend"),
                                         ("explicit", element.get("explicit") == "yes")) if said]
        type_ = re.sub(r"^(friend|static|explicit) ", "", type_)
        arguments = re.sub(r"\s*=\s*(default|delete)$", r" = \1", arguments)
        initial = plain(element.findtext("initializer") or "") if element.get("kind") == "variable" else ""
        initial = "" if "detail::" in initial else initial
        return head + " ".join(filter(None, [*words, type_, name + arguments, initial])) + ";"


class Class(Entry):
    """A class with its public members."""

    def __init__(self, element, name):
        super().__init__(name, [element])
        self.members = grouped(public_members(element), self)
        self.base = text_of(element.find("basecompoundref")).removeprefix(NAMESPACE)

    def signature(self, element):
        base = f" : public {self.base}" if self.base else ""
        return f"{self.template(element)}{element.get('kind')} {self.name.removeprefix('sync::')}{base};"

    @property
    def short_name(self):
        return self.name.split("::")[-1]


def public_members(element):
    """Without what the language says already (the beginning, copies, moves and the end of an object), and without what
    deals with the State of an object, which is for the library's own files."""
    own = element.findtext("compoundname").split("::")[-1]
    copies = re.compile(rf"\((const )?{own} ?&{{1,2}} ?\w*\)( noexcept)?( ?=.*)?$|\(\)")
    for member in element.iter("memberdef"):
        name, arguments = member.findtext("name"), member.findtext("argsstring") or ""
        said = f"{text_of(member.find('type'))} {name} {arguments}"
        if member.get("prot") != "public" or name.startswith("~") or re.search(r"\bState\b|=\s*delete$", said):
            continue
        described = any(text_of(member.find(f"{part}description")).strip() for part in ("brief", "detailed"))
        if described or not (name in (own, "operator=") and copies.match(arguments)):
            yield member


def grouped(members, owner=None, prefix=""):
    """Entries of equal names, and one of all operators of a class, in the order of the header."""
    groups = {}
    for member in sorted(members, key=lambda each: int(each.find("location").get("line"))):
        name = member.findtext("name")
        if re.match(r"operator\W", name):
            name = "operators"
        groups.setdefault(name, []).append(member)
    return [Entry(prefix + name, elements, owner) for name, elements in groups.items()]


class Header:
    def __init__(self, element):
        self.element = element
        self.name = element.findtext("compoundname")
        self.stem = pathlib.PurePath(self.name).stem
        self.page = "indexes" if self.stem == "index" else self.stem  # index.html is another thing in a folder.
        self.entries = []


class Library:
    """All headers with what they declare."""

    def __init__(self, folder):
        compounds = [ElementTree.parse(folder / f"{each.get('refid')}.xml").getroot().find("compounddef")
                     for each in ElementTree.parse(folder / "index.xml").getroot()]
        self.headers = [Header(each) for each in compounds if each.get("kind") == "file"]
        self.headers = [header for header in self.headers if header.name != "dataknobs.hpp"]
        entries = []
        for element in compounds:
            name = element.findtext("compoundname").removeprefix(NAMESPACE)
            if element.get("kind") in ("class", "struct") and element.get("prot") == "public":
                entries.append(Class(element, name))
            elif element.get("kind") == "namespace" and element.findtext("compoundname").startswith("dataknobs"):
                by_header = {}
                for member in element.iter("memberdef"):
                    by_header.setdefault(member.find("location").get("file"), []).append(member)
                for members in by_header.values():
                    entries += grouped(members, prefix="sync::" if name == "sync" else "")
        self.page_of = {}
        for header in self.headers:
            # What the header is named after comes first.
            header.entries = sorted((each for each in entries if each.header.name == header.name),
                                    key=lambda each: (each.name.split("::")[-1].lower() != header.stem, each.line))
            for entry in header.entries:
                for each in (entry, *getattr(entry, "members", ())):
                    for id_ in each.ids:
                        self.page_of[id_] = (header.page, each.anchor)
        self.markdown = Markdown(self.url_of)
        self.by_name = {entry.name: entry for header in self.headers for entry in header.entries}

    def url_of(self, id_):
        page = self.page_of.get(id_)
        return f"{page[0]}.md#{page[1]}" if page else None

    def classes(self):
        """Where each type is."""
        return {entry.name: (f"{header.page}.html", entry.anchor) for header in self.headers
                for entry in header.entries if isinstance(entry, Class) or entry.kind in ("enum", "typedef")}

    def twin(self, entry):
        """The member that one is the same as."""
        other = self.by_name.get(TWINS.get(entry.owner.name)) if entry.owner else None
        return next((each for each in other.members if each.name == entry.name), None) if other else None

    def describe(self, entry):
        described = entry.describe(self.markdown)
        twin = self.twin(entry)
        if not described and twin:
            return f"As [`{twin.owner.name}::{twin.name}`]({self.url_of(twin.ids[0])})."
        return described

    def undocumented(self):
        """What is public and says nothing of itself. Operators, members of plain data and constructors of errors need
        no words."""
        for header in self.headers:
            if not self.markdown.description(header.element):
                yield header.name
            for entry in header.entries:
                for each in (entry, *getattr(entry, "members", ())):
                    if not self.describe(each) and not self.needs_no_words(each):
                        owner = f"{each.owner.name}::" if each.owner else ""
                        yield f"{each.header}:{each.line}: {owner}{each.name}"

    @staticmethod
    def needs_no_words(entry):
        owner = entry.owner
        if not owner or entry.kind == "variable" or entry.name == "operators":
            return bool(owner)
        return entry.name == owner.short_name and owner.base == "Error"


def enumerators(library, entry):
    values = entry.elements[0].findall("enumvalue")
    told = [(each.findtext("name"), library.markdown.description(each).replace("\n", " ")) for each in values]
    if not any(meaning for _, meaning in told):
        return ", ".join(f"`{name}`" for name, _ in told)
    return "| value | |\n|---|---|\n" + "\n".join(f"| `{name}` | {meaning} |" for name, meaning in told)


def variables(library, members):
    rows = [f"| `{plain(text_of(each.elements[0].find('type')))}` "
            f"| `{each.name}` | {library.describe(each).replace(chr(10), ' ')} |" for each in members]
    return "| type | member | |\n|---|---|---|\n" + "\n".join(rows)


def section(library, entry, level):
    parts = [f"{'#' * level} {Markdown.escaped(entry.name)} {{#{entry.anchor}}}"]
    for signatures, said in entry.overloads(library.markdown):
        if not isinstance(entry, Class) or entry.base or entry.elements[0].find("templateparamlist") is not None:
            parts.append(f"```cpp\n{signatures}\n```")
        parts.append(said)
    if not any(said for _, said in entry.overloads(library.markdown)):
        parts.append(library.describe(entry))
    if entry.kind == "enum":
        parts.append(enumerators(library, entry))
    if isinstance(entry, Class):
        fields = [each for each in entry.members if each.kind == "variable"]
        if fields:
            parts.append(variables(library, fields))
        parts += [section(library, each, level + 1) for each in entry.members
                  if each.kind != "variable" and not (entry.base == "Error" and each.name == entry.short_name)]
    return "\n\n".join(filter(None, parts))


def page(library, header, title):
    parts = [f"# {title}", f"```cpp\n#include <dataknobs/{header.name}>\n```",
             library.markdown.description(header.element),
             *(section(library, entry, 2) for entry in header.entries)]
    return "\n\n".join(parts) + "\n"


def overview(pages, title_of):
    """What is on which page."""
    parts = ["# C++ reference", "`#include <dataknobs/dataknobs.hpp>` is all of it; each header may be had by itself."]
    for name in title_of:
        if name in pages:
            file = pathlib.PurePath(name).name
            names = ", ".join(f"[`{entry.name}`]({file}#{entry.anchor})" for entry in pages[name].entries)
            parts += [f"## [{title_of[name]}]({file})", names]
    return "\n\n".join(parts) + "\n"
