"""Add a concept to the vocabulary of an evidence base; all else in its files stays as it is."""

from __future__ import annotations

import difflib
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from kb.errors import InputError, NotFoundError, RecordError, nearest
from kb.records.codes import load_codes
from kb.records.flags import CLASSES, Flag, flags
from kb.records.ontology import SKOS
from kb.records.vocabulary import Vocabulary
from kb.util.atomic import write_atomically

_LIKE: Final = 0.9
"""From this likeness on, two names are taken for one with a slip."""
_PREFIX: Final = re.compile(
    r"^[\s\ufeff]*(?:@prefix|PREFIX)\s+([\w-]*):\s*<([^>]*)>", re.MULTILINE | re.I
)
_LOCAL: Final = re.compile(r"[A-Za-z_](?:[\w-]*)", re.ASCII)
_SIGNS: Final = {
    "/": "-per-",
    "²": "2",
    "³": "3",
    "µ": "u",
    "μ": "u",
    "^": "-",
    "%": "percent",
    "°": "deg",
}
_NOT_A_NAME: Final = re.compile(r"[^A-Za-z0-9.\s-]+")


@dataclass(frozen=True)
class NewTerm:
    """A concept to add.

    ``flags`` are as on the command line, ``name=value``, or a name alone for ``true``. ``codes``
    are of other terminologies, as ``MESH:D003371`` or, if they fit less well, ``close:MESH:…``.
    """

    kind: str
    notation: str
    label: str
    definition: str = ""
    alt: Sequence[str] = ()
    broader: Sequence[str] = ()
    flags: Sequence[str] = ()
    codes: Sequence[str] = ()

    @property
    def segment(self) -> str:
        """The last part of its IRI.

        >>> NewTerm("unit", "mg/m²", "").segment
        'mg-per-m2'
        >>> NewTerm("unit", "°C", "").segment, NewTerm("unit", "kcal·day", "").segment
        ('degC', 'kcal-day')
        """
        name = "".join(_SIGNS.get(sign, sign) for sign in self.notation)
        if self.kind == "unit":
            name = _NOT_A_NAME.sub("-", name)
        return re.sub(r"[\s-]+", "-", name).strip("-")


def add_term(root: Path, vocabulary: Vocabulary, term: NewTerm, is_meant: bool = False) -> Path:
    """Add a concept to the file that declares its scheme, and its codes to the table of codes.

    Args:
        root: the project.
        vocabulary: its vocabulary.
        term: the concept.
        is_meant: accept a name that closely resembles one of another concept.

    Returns:
        The file of the concept.

    Raises:
        InputError: the concept is there already, has a name much like another's, or lacks what
            it needs.
        RecordError: the vocabulary would not be valid with it. Nothing is written.
    """
    if term.kind != "unit" and term.notation != term.segment:
        raise InputError(f"{term.notation!r} is not an id: letters, digits and single hyphens")
    _refuse_duplicates(term, vocabulary, is_meant)
    path = _file_of(root, vocabulary, term.kind)
    text = _text(path)
    changed = {path: _appended(text, f"\n{_turtle(term, vocabulary, text)}\n")}
    if term.codes:
        table = root / "ontology" / "mappings.sssom.tsv"
        changed[table] = _with_codes(table, term)
    _check(root, vocabulary.base, changed)
    for file, content in changed.items():
        write_atomically(file, [content.encode()])
    return path


def stated(term: NewTerm, vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Return the values of the flags of a new concept, by name, as Turtle.

    Raises:
        InputError: a flag that such a concept cannot have, or with a value that it cannot have.
    """
    known = flags(vocabulary, term.kind)
    values: dict[str, list[str]] = {}
    for one in term.flags:
        name, given, value = one.partition("=")
        name = name.removeprefix("kb:")
        if name not in known:
            raise NotFoundError.of(f"flag of {_with_article(term.kind)}", name, known)
        read = _values(known[name], value if given else "true", term.kind, vocabulary)
        values.setdefault(name, []).extend(read)
    missing = (flag for name, flag in known.items() if flag.is_needed and name not in values)
    if needed := [f"--flag {flag.name}={flag.given_as}" for flag in missing]:
        raise InputError(f"{_with_article(term.kind)} needs {' and '.join(needed)}")
    return dict(sorted(values.items()))


def _with_article(kind: str) -> str:
    return f"{'an' if kind == 'endpoint' else 'a'} {kind}"


def _values(flag: Flag, value: str, kind: str, vocabulary: Vocabulary) -> list[str]:
    """Return the values of a flag as Turtle, with concepts as IRIs relative to the base."""
    if flag.value == "boolean" or flag.values:
        allowed = flag.values or ("true", "false")
        if value not in allowed:
            near = nearest(value, allowed)
            hint = f"; did you mean {near!r}?" if near else ""
            expected = f"one of {', '.join(allowed)}"
            raise InputError(f"--flag {flag.name}: found {value!r}, expected {expected}{hint}")
        return [value if flag.value == "boolean" else _literal(value)]
    if flag.value == "decimal":
        return [_number(flag.name, value)]
    if flag.value == "string":
        return [_literal(value)]
    schemes = {cls: scheme for scheme, cls in CLASSES.items()}
    scheme = schemes.get(flag.value, kind)
    iris = [f"<{vocabulary.get(scheme, one.strip()).iri}>" for one in value.split(",")]
    return [f"( {' '.join(iris)} )"] if flag.value == "list" else iris


def _number(name: str, value: str) -> str:
    try:
        is_number = Decimal(value).is_finite() and "e" not in value.lower()
    except InvalidOperation:
        is_number = False
    if not is_number:
        raise InputError(f"--flag {name}: found {value!r}, expected a number")
    return value


def _literal(text: str, language: str = "") -> str:
    return json.dumps(text, ensure_ascii=False) + language


# --- duplicates ------------------------------------------------------------------------------


def _refuse_duplicates(term: NewTerm, vocabulary: Vocabulary, is_meant: bool) -> None:
    """Raise an error if another concept of the scheme has one of the names, or one much like it."""
    fold = str.strip if term.kind == "unit" else _folded  # mg and Mg are two units
    for name in (term.notation, term.label, *term.alt):
        for other in vocabulary.schemes[term.kind].values():
            for theirs in (other.notation, *other.names):
                named = dict.fromkeys((other.notation, theirs))
                shown = ", ".join(map(repr, named))
                if fold(name) == fold(theirs):
                    raise InputError(f"{shown} exists: {name!r} is a name of it")
                if not is_meant and _is_like(fold(name), fold(theirs)):
                    hint = "add --anyway if it is another concept"
                    raise InputError(f"{name!r} is much like a name of {shown}; {hint}")


def _folded(name: str) -> str:
    """Return a name without what slips are made of: capitals, hyphens, the plural.

    >>> _folded("Heart-attacks"), _folded("heart attack")
    ('heart attack', 'heart attack')
    """
    words = re.split(r"[\s_-]+", name.strip().casefold())
    return " ".join(word.removesuffix("s") if len(word) > 3 else word for word in words)


def _is_like(name: str, other: str) -> bool:
    """Tell whether names differ only by a typing error; names with other figures are not.

    >>> _is_like("exacerbaton", "exacerbation"), _is_like("grade 3 event", "grade 4 event")
    (True, False)
    """
    if re.findall(r"\d", name) != re.findall(r"\d", other) or min(len(name), len(other)) < 6:
        return False
    return difflib.SequenceMatcher(None, name, other).ratio() >= _LIKE


# --- text ------------------------------------------------------------------------------------


def _file_of(root: Path, vocabulary: Vocabulary, scheme: str) -> Path:
    """Return the file that declares a scheme, else a new one."""
    declared = re.compile(
        rf"^(?:<{scheme}/>|<{re.escape(vocabulary.base)}{scheme}/>)\s", re.MULTILINE
    )
    files = sorted((root / "ontology").glob("*.ttl"))
    holding = (path for path in files if declared.search(path.read_text(encoding="utf-8")))
    found = next(holding, None)
    if found is None:
        raise InputError(f"no file of {root / 'ontology'} declares <{scheme}/>, a ConceptScheme")
    return found


def _turtle(term: NewTerm, vocabulary: Vocabulary, file: str) -> str:
    """Return the statements of a concept in the form of the vocabulary's files."""
    base = vocabulary.base
    prefixes = {name: _absolute(iri, base) for name, iri in _PREFIX.findall(file)}

    def short(iri: str) -> str:
        for name, start in prefixes.items():
            if iri.startswith(start) and _LOCAL.fullmatch(iri.removeprefix(start)):
                return f"{name}:{iri.removeprefix(start)}"
        return f"<{iri.removeprefix(base)}>"

    def shortened(value: str) -> str:
        return re.sub(r"<([^<>]+)>", lambda found: short(found[1]), value)

    lines = [*_statements(term, vocabulary)]
    body = [f"    {shortened(predicate)} {', '.join(map(shortened, v))}" for predicate, v in lines]
    subject = short(f"{base}{term.kind}/{term.segment}")
    return f"{subject}\n" + " ;\n".join(body) + " ."


def _statements(term: NewTerm, vocabulary: Vocabulary) -> Iterator[tuple[str, list[str]]]:
    base, kind = vocabulary.base, term.kind
    yield "a", [f"<{SKOS}Concept>", f"<{base}ontology#{CLASSES[kind]}>"]
    yield f"<{SKOS}inScheme>", [f"<{base}{kind}/>"]
    broader = [f"<{vocabulary.get(kind, one).iri}>" for one in term.broader]
    if not broader:
        yield f"<{SKOS}topConceptOf>", [f"<{base}{kind}/>"]
    yield f"<{SKOS}notation>", [_literal(term.notation)]
    yield f"<{SKOS}prefLabel>", [_literal(term.label, "@en")]
    if term.alt:
        yield f"<{SKOS}altLabel>", [_literal(one, "@en") for one in term.alt]
    if term.definition:
        yield f"<{SKOS}definition>", [_literal(term.definition, "@en")]
    if broader:
        yield f"<{SKOS}broader>", broader
    for name, values in stated(term, vocabulary).items():
        yield f"<{base}ontology#{name}>", values


def _absolute(iri: str, base: str) -> str:
    return iri if ":" in iri else f"{base}{iri}"


def _with_codes(table: Path, term: NewTerm) -> str:
    """Return the table of codes with rows for a concept."""
    if not table.is_file():
        raise InputError(f"{table} is missing: it has the codes, below the IRI of each prefix")
    text = _text(table)
    head = (line for line in text.splitlines() if not line.startswith("#"))
    columns = next(head, "").split("\t")
    rows = []
    for code in term.codes:
        first, _, rest = code.partition(":")
        closeness, object_id = (first, rest) if ":" in rest else ("exact", code)
        row = {
            "subject_id": f"{term.kind}:{term.segment}",
            "subject_label": term.label,
            "predicate_id": f"skos:{closeness}Match",
            "object_id": object_id,
            "object_label": term.label,
            "mapping_justification": "semapv:ManualMappingCuration",
        }
        rows.append("\t".join(row.get(name, "") for name in columns))
    return _appended(text, "\n".join([*rows, ""]))


def _text(path: Path) -> str:
    """Return a file as it is: its ends of lines too."""
    return path.read_bytes().decode("utf-8")


def _appended(text: str, more: str) -> str:
    """Return a text with lines below it, whose ends are as those of the text."""
    whole = more if text.endswith("\n") else f"\n{more}"
    return text + (whole.replace("\n", "\r\n") if "\r\n" in text else whole)


def _check(root: Path, base: str, changed: Mapping[Path, str]) -> None:
    """Check the vocabulary as it would be.

    Raises:
        RecordError: with its problems.
    """
    with tempfile.TemporaryDirectory(prefix="kb-term-") as name:
        trial = Path(name)
        shutil.copytree(root / "ontology", trial / "ontology")
        for path, content in changed.items():
            (trial / "ontology" / path.name).write_bytes(content.encode())
        try:
            load_codes(trial, Vocabulary.load(trial / "ontology", base))
        except RecordError as error:
            raise RecordError(
                replace(one, file=one.file.replace(str(trial), str(root))) for one in error.problems
            ) from error
