"""Field types of records: terms of the vocabulary, figures, times and p-values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
)
from pydantic import GetJsonSchemaHandler as JsonHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from kb.errors import nearest
from kb.records.notation import is_date, parse_figure, parse_p, parse_time
from kb.records.ontology import is_page_name
from kb.records.registries import TRIAL_ID

if TYPE_CHECKING:
    from kb.records.vocabulary import Term, Vocabulary


class StrictModel(BaseModel):
    """A record or part of one: unknown fields are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class TermOf:
    """Annotates a string as the notation of a concept.

    It is checked against the vocabulary in the context of the validation, if any.
    """

    def __init__(self, scheme: str, kind: str = "") -> None:
        """Name the scheme, and the kind of its terms: that of words, or the term right above."""
        self.scheme = scheme
        self.kind = kind

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return a schema that checks the term after the string."""
        return core_schema.with_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: JsonHandler
    ) -> dict[str, Any]:
        """Return a schema with a placeholder, which ``kb schema`` replaces by the terms."""
        return {**handler(schema), "x-scheme": self.scheme, "x-kind": self.kind}

    def _check(self, word: str, info: core_schema.ValidationInfo) -> str:
        vocabulary: Vocabulary | None = (info.context or {}).get("vocabulary")
        if vocabulary is None:
            return word
        term = vocabulary.schemes.get(self.scheme, {}).get(word)
        if term is None or not self._admits(term):
            name = self.scheme if self.scheme == "word" else self.kind or self.scheme
            expected = _FIGURE_OR_WORD if self.kind == "value" else f"a known {name}"
            raise _unknown(expected, word, self.words(vocabulary), self._named(word, vocabulary))
        return word

    def _named(self, word: str, vocabulary: Vocabulary) -> str:
        """Return the notation of the concept that a label or another name is of, or ""."""
        key = word.casefold()
        terms = vocabulary.schemes.get(self.scheme, {}).values()
        named = (t for t in terms if key in map(str.casefold, t.names) and self._admits(t))
        return next((term.notation for term in named), "")

    def _admits(self, term: Term) -> bool:
        return not self.kind or self.kind in (*term.properties.get("wordKind", ()), *term.broader)

    def words(self, vocabulary: Vocabulary) -> list[str]:
        """Return the notations that this field allows."""
        terms = vocabulary.schemes.get(self.scheme, {}).values()
        return [term.notation for term in terms if self._admits(term)]


_FIGURE_OR_WORD = "a figure such as 7.7, <10, 44% or 24/57 (42%), or a word such as not-reached"


def _unknown(expected: str, word: str, known: list[str], named: str = "") -> PydanticCustomError:
    """Return the error of a word that is not in a list, with the one it names, or the nearest."""
    context = {"expected": expected, "nearest": named or nearest(word, known)}
    return PydanticCustomError("unknown_word", "{expected}", context)


def _wrong(expected: str) -> PydanticCustomError:
    return PydanticCustomError("notation", "{expected}", {"expected": expected})


def _number(raw: Any) -> Any:
    """Read a number by its shortest text, so that 7.7 stays 7.7 and not its binary fraction."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        raise _wrong("a number")
    figure = parse_figure(str(raw))
    if figure is None or figure.value is None or figure.percent or figure.operator:
        raise _wrong("a number")
    return figure.value


def _time_phrase(raw: Any) -> Any:
    if not isinstance(raw, str):
        raise _wrong("a time phrase such as 'at 2 years' or 'after relapse'")
    try:
        parse_time(raw)
    except ValueError as error:
        raise _wrong(f"a time phrase: {error}") from error
    return raw


def _p_value(raw: Any) -> Any:
    if not isinstance(raw, str) or parse_p(raw) is None:
        raise _wrong("a p-value with its operator, such as '=0.03', '<0.001' or '=2.1e-6', or 'ns'")
    return raw


def _date(raw: Any) -> Any:
    if not is_date(str(raw)):
        raise _wrong("a date: 2017, 2017-08 or 2017-08-15")
    return str(raw)


def _count(raw: Any) -> Any:
    if isinstance(raw, bool):
        raise _wrong("a whole number")
    return raw


def _page_name(raw: str) -> str:
    if not is_page_name(raw):
        raise _wrong("an id that is not the name of a file beside the pages, such as index")
    return raw


def _base(raw: Any) -> Any:
    if not isinstance(raw, str) or not _BASE.fullmatch(raw):
        raise _wrong("the base of all IRIs, such as https://example.org/evidence/, in ASCII")
    return raw


def text_of(raw: Any) -> Any:
    """Turn a bare whole number into text: YAML reads ECOG score ``0`` as a number.

    A bare decimal is refused: YAML reads section ``3.10`` as 3.1, and ``1e3`` as 1000.
    """
    if isinstance(raw, float):
        raise _wrong('a text in quotes, such as "3.10": without them YAML reads a number')
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw


# Control characters can command a terminal, and marks of direction can disguise a text.
# U+FEFF and U+FFFE are marks of byte order, and parsers refuse a whole text with U+FFFF.
_INVISIBLE: Final = (
    r"\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
)
LINE: Final = rf"^[^\u000a{_INVISIBLE}]*$"
LINES: Final = rf"^[^{_INVISIBLE}]*$"
SLUG: Final = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
GROUP: Final = r"^[a-z0-9]+(?:[-.][a-z0-9]+)*$"
PATTERNS: Final[Mapping[str, str]] = {
    LINE: "one line of text without control characters",
    LINES: "text without control characters",
    SLUG: "an id: lower-case letters, digits and single hyphens",
    GROUP: "the name of a group: lower-case letters, digits, single hyphens and dots",
    TRIAL_ID: "an id of a trial registry, such as NCT02013167, ISRCTN12345678 or jRCT2031200001",
}
"""What each pattern expects, as error messages say it."""

_LABEL: Final = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PORT: Final = "6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5]?[0-9]{1,4}"
_BASE: Final = re.compile(
    rf"https?://(?=.{{1,250}}/)(?:{_LABEL}\.)*{_LABEL}(?::(?:{_PORT}))?/(?:[\w~-][\w.~-]*/)*",
    re.ASCII,
)

_Figure = Annotated[str, StringConstraints(pattern=r"^[<≤>≥~]? *-?[0-9]+(?:\.[0-9]+)? *%?$")]
Number = Annotated[Decimal, BeforeValidator(_number, json_schema_input_type=float | _Figure)]
Phrase = Annotated[str, BeforeValidator(_time_phrase)]
_P = Annotated[
    str, StringConstraints(pattern=r"^(?:[=<≤>≥~] *-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?|ns)$")
]
PText = Annotated[str, BeforeValidator(_p_value, json_schema_input_type=_P)]
Date = Annotated[str, BeforeValidator(_date, json_schema_input_type=int | str)]
Count = Annotated[int, Field(ge=0), BeforeValidator(_count)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=LINE)]
"""One line of text; pages escape it."""
Title = Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=LINE)]
"""The title of a publication, which may be longer than any other line."""
Label = Annotated[Line, BeforeValidator(text_of, json_schema_input_type=Line | int)]
"""A short text that a curator may write as a bare number, such as an ECOG score."""
Note = Annotated[str, StringConstraints(min_length=1, max_length=600, pattern=LINES)]
Printed = Label
Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=60), AfterValidator(_page_name)]
BaseIri = Annotated[str, BeforeValidator(_base, json_schema_input_type=str)]
RegistryId = Annotated[str, StringConstraints(pattern=TRIAL_ID, max_length=40)]
GroupName = Annotated[str, StringConstraints(pattern=GROUP, max_length=100)]


def read_scalar(raw: Any) -> Any:
    """Turn the short form of a value into its fields: ``24/57 (42%)``, ``<10``, ``not-reached``."""
    if isinstance(raw, bool) or raw is None:
        raise _wrong(_FIGURE_OR_WORD)
    if isinstance(raw, Mapping):
        return _read_mapping(dict(raw))
    return figure_fields(str(raw)) or {"word": str(raw)}


def _read_mapping(raw: dict[str, Any]) -> dict[str, Any]:
    text = raw.get("value")
    if not isinstance(text, str):
        return raw
    figure = parse_figure(text)
    if figure is None or figure.n is not None:
        raise _wrong("a figure such as 7.7, <10 or 44% (counts go into n and of)")
    return {**raw, **(figure_fields(text) or {})}


def figure_fields(text: str) -> dict[str, Any] | None:
    """Return the fields of a record that a printed figure is; None if it is not a figure.

    >>> figure_fields("<10"), figure_fields("not reached")
    ({'value': Decimal('10'), 'operator': '<'}, None)
    """
    figure = parse_figure(text)
    if figure is None:
        return None
    fields: dict[str, Any] = {
        "value": figure.value,
        "operator": figure.operator or None,
        "unit": "%" if figure.percent else None,
        "n": figure.n,
        "of": figure.of,
    }
    return {name: value for name, value in fields.items() if value is not None}
