"""A row of a table of results as a claim block; every bad cell is a problem with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError

from kb.drafts.figures import with_level
from kb.drafts.sheet_columns import FIGURES, NEEDED, Columns
from kb.drafts.sheets import Cell, Row
from kb.drafts.store import DraftReport
from kb.errors import Problem, nearest
from kb.model import WHOLE
from kb.papers.entries import Entry, Form, entry, whole
from kb.records.fields import figure_fields
from kb.records.integrity import IdIndex, study_problems
from kb.records.load import Records
from kb.records.notation import is_duration, parse_figure, parse_p
from kb.records.problems import validation_problems
from kb.records.schema import StudyRecord
from kb.records.vocabulary import Vocabulary
from kb.records.yaml import Loc, RecordFile
from kb.sources.numbers import Number

_KINDS: Final = ("ci", "cri", "iqr", "range", "interval")
_COMMAS: Final = re.compile(r"[0-9]+(?:,[0-9]+)+")
_THOUSANDS: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_HEDGES: Final = re.compile(
    r"\b(?:about|approx|approximately|nearly|almost|around|over|under|up to|at least|at most"
    r"|less|more|fewer|greater|ca|circa)\b",
    re.IGNORECASE,
)
"""Words that the figure beside them must not lose: records have signs for them."""
_COMMA: Final = re.compile(r"(?<=[0-9]),(?=[0-9])")
_WITH_P: Final = re.compile(r"^p(?:[- ]?value)?\s*(?==|<|≤|>|≥|~|[0-9])", re.IGNORECASE)
_SHARES: Final = frozenset({"percentage", "count", "rate"})
Names = list[tuple[str, str]]
"""Names, each with the id of what has it."""
_KINDS_OF: Final = {
    "endpoint": "an endpoint",
    "place": "a section of the source",
    "group": "a group of the study",
    "versus": "a group of the study",
}
_FIGURE: Final = "a figure such as 7.7, <10, 44%, 24/57 (42%) or 0.61 (95% CI 0.48-0.77), or a word"


@dataclass
class SheetRow:
    """A row, with the report that it becomes, or its problems."""

    number: int
    study: str = ""
    block: Mapping[str, Any] = field(default_factory=dict)
    """The block as it is written."""
    report: DraftReport | None = None
    problems: list[Problem] = field(default_factory=list)


class RowReader:
    """Reads the rows of one table into reports of one block each."""

    def __init__(self, columns: Columns, records: Records) -> None:
        """Take the columns of the table, and the records that rows refer to."""
        self.columns, self.records = columns, records
        given = columns.mapped.decimal_comma
        self.decimal_comma = columns.sheet.decimal_comma if given is None else given
        self.index = IdIndex(records, frozenset())
        self.names = {
            scheme: _names(records.vocabulary, scheme)
            for scheme in ("endpoint", "statistic", "unit")
        }
        words = records.vocabulary.schemes.get("word", {}).values()
        self.words = [w.notation for w in words if "value" in w.properties.get("wordKind", ())]

    def rows(self) -> list[SheetRow]:
        """Return all rows that are not empty."""
        return [_Row(self, number, row).read() for number, row in self.columns.rows()]


def _names(vocabulary: Vocabulary, scheme: str) -> Names:
    terms = vocabulary.schemes.get(scheme, {}).items()
    return [(name, notation) for notation, term in terms for name in {*term.names} - {notation}]


class _Row:
    """One row while it is read."""

    def __init__(self, reader: RowReader, number: int, row: Row) -> None:
        self.reader, self.columns = reader, reader.columns
        self.records = reader.records
        self.out = SheetRow(number)
        mapped = self.columns.mapped
        cells = {name: row[i] for name, i in self.columns.fields.items() if i in row}
        self.cells = {n: Cell(str(v)) for n, v in mapped.constants.items()} | cells
        self.texts: dict[str, str] = {}
        for name, cell in self.cells.items():
            self.texts[name] = mapped.words.get(name, {}).get(cell.text, cell.text)

    def read(self) -> SheetRow:
        for name, cell in self.cells.items():
            if cell.expected:
                self._wrong(name, cell.text, cell.expected)
            elif cell.is_date and name != "note" and not (name == "value" and self._is_of_date()):
                expected = "text: a spreadsheet may have made a date of 1-2 or 3/4; type it as text"
                self._wrong(name, cell.text, expected)
        study = self._study()
        for name in NEEDED:
            if name not in self.texts:
                self._wrong(name, "", "a value: the cell is empty")
        if study is None or self.out.problems:
            return self.out
        self.out.study = study.id
        block = self._block(study)
        if not self.out.problems:
            self._validate(study, block)
        return self.out

    def _wrong(self, name: str, found: str, expected: str, near: str = "") -> None:
        problem = self.columns.problem(self.out.number, name, found, expected, near)
        self.out.problems.append(problem)

    def _is_of_date(self) -> bool:
        return self.texts.get("statistic") == "date"

    # --- what is referred to -------------------------------------------------------------

    def _study(self) -> StudyRecord | None:
        name = self.texts.get("study", "")
        studies = self.records.studies
        found = self._one("study", name, [(s.name, i) for i, s in studies.items()], studies)
        return studies.get(found)

    def _one(self, field_: str, text: str, names: Names, ids: Iterable[str]) -> str:
        """Return the id that a text is, or that alone has it for a name; else note a problem."""
        known = {one.casefold(): [one] for one in ids}
        named: dict[str, list[str]] = {}
        for name, one in names:
            named.setdefault(name.casefold(), []).append(one)
        found = (named | known).get(text.casefold(), [])
        if len(found) == 1:
            return found[0]
        expected = _KINDS_OF.get(field_, f"a {field_}")
        if found:
            self._wrong(field_, text, f"one of {', '.join(found)}: several have this name")
            return text
        near = nearest(text, [*known, *named])
        hint = (named | known).get(near.casefold(), [""])[0]
        self._wrong(field_, text or "an empty cell", expected, hint)
        return text

    def _group(self, study: StudyRecord, field_: str) -> str:
        groups = study.groups
        names = [(group.label, name) for name, group in groups.items()]
        return self._one(field_, self.texts[field_], names, [*groups, WHOLE])

    def _term(self, scheme: str) -> str:
        terms = self.records.vocabulary.schemes.get(scheme, {})
        return self._one(scheme, self.texts[scheme], self.reader.names[scheme], terms)

    # --- the block -----------------------------------------------------------------------

    def _block(self, study: StudyRecord) -> dict[str, Any]:
        text = self.texts
        block: dict[str, Any] = {"endpoint": self._term("endpoint")}
        block |= {name: text[name] for name in ("named", "category") if name in text}
        block |= {name: self._term(name) for name in ("statistic", "unit") if name in text}
        if "time" in text:
            block["time"] = self._time()
        if "row" in text:
            block["row"] = text["row"]
        block |= {name: text[name] for name in ("column",) if name in text}
        source = self.records.sources.get(self._source())
        is_summary = source is not None and source.read_in is not None
        block["noted" if is_summary else "printed"] = self._printed()
        self._add_figures(block, study)
        block |= {name: text[name] for name in ("note",) if name in text}
        where = (self.columns.file.name, self.columns.sheet.name, f"row {self.out.number}")
        return {**block, "sure": "likely", "why": ", ".join(filter(None, where))[:200]}

    def _add_figures(self, block: dict[str, Any], study: StudyRecord) -> None:
        """Add the value of a group, or the comparison of two."""
        figure = self._figure(block.get("statistic", ""))
        group = self._group(study, "group")
        if "versus" not in self.texts:
            block["values"] = {group: self._short(figure)}
            return
        block["comparison"] = {
            "of": group,
            "versus": self._group(study, "versus"),
            **({"statistic": block.pop("statistic")} if "statistic" in block else {}),
            **figure,
        }
        for name in {"n", "of", "word", "date", "sd", "se", "spread"} & figure.keys():
            column = name if name in self.texts else "value"
            self._wrong(column, str(figure[name]), "an estimate: the row compares two groups")

    def _source(self) -> str:
        sources = self.records.sources
        titles = [(source.title, name) for name, source in sources.items()]
        return self._one("source", self.texts["source"], titles, sources)

    def _time(self) -> str:
        text = self.texts["time"]
        if is_duration(text):
            self._wrong("time", text, "a time phrase such as 'at 2 years'", f"at {text}")
        return text

    def _printed(self) -> str:
        if "printed" in self.texts:
            return self.texts["printed"]
        order = ("n", "of", "value", "sd", "se", "low", "high", "p")
        return " … ".join(self.texts[name] for name in order if name in self.texts)

    # --- its figures ---------------------------------------------------------------------

    def _figure(self, statistic: str) -> dict[str, Any]:
        figure: dict[str, Any] = {}
        if "value" in self.texts:
            figure |= self._value(statistic)
        for name in ("n", "of"):
            if (count := self._number(name)) is not None:
                if count != int(count) or count < 0:
                    self._wrong(name, self.texts[name], "a whole number")
                figure[name] = int(count)
        figure |= {n: v for n in ("sd", "se") if (v := self._number(n)) is not None}
        figure |= self._bounds()
        if "p" in self.texts:
            figure["p"] = self._p()
        if self.texts.keys().isdisjoint(FIGURES):
            self._wrong("value", "an empty cell", _FIGURE)
        return figure

    def _short(self, figure: dict[str, Any]) -> Any:
        """Return a figure as records have it: 24/57 (42%) as it stands."""
        text = self._plain("value") if "value" in self.texts else ""
        is_all = {"value", "unit", "n", "of", "operator"} >= figure.keys()
        alone = self.texts.keys().isdisjoint({"n", "of"})
        return text if is_all and alone and parse_figure(text) and "unit" in figure else figure

    def _number(self, name: str) -> Decimal | None:
        if name not in self.texts:
            return None
        text = self._plain(name)
        figure = parse_figure(text.removesuffix("%").strip() if name != "n" else text)
        if figure is None or figure.value is None or figure.operator or figure.percent:
            self._wrong(name, self.texts[name], "a number")
            return None
        return figure.value

    def _plain(self, name: str) -> str:
        """Return a text with a decimal point; typographic minus signs become hyphens."""
        text = self.texts[name].replace("−", "-")
        return _COMMA.sub(".", text) if self.reader.decimal_comma else text

    def _value(self, statistic: str) -> dict[str, Any]:
        text = self.texts["value"]
        if self._is_of_date():
            return {"date": text}
        plain = self._plain("value")
        if (fields := figure_fields(plain)) is not None:
            return fields
        if any(_THOUSANDS.fullmatch(found) is None for found in _COMMAS.findall(plain)):
            expected = "a decimal point; or 'decimal_comma: true' in a mapping file, with --map"
            self._wrong("value", text, expected)
            return {}
        read = entry(plain, decimal_comma=self.reader.decimal_comma)
        if read.form is Form.WORDS or plain in self.reader.words:
            word = "-".join(text.casefold().split())
            if word not in self.reader.words:
                self._wrong("value", text, _FIGURE, nearest(word, self.reader.words))
            return {"word": word}
        parts_of = self._entry(read, statistic) if _is_plain(read) else None
        if parts_of is None:
            self._wrong("value", text, _FIGURE)
        return parts_of or {}

    def _entry(self, read: Entry, statistic: str) -> dict[str, Any] | None:
        """Return the fields of a cell with several figures; None if their kinds are not known."""
        percent = {"unit": "%"} if "%" in read.text and read.level is None else {}
        second = read.second.value if read.second else None
        if read.form in (Form.COUNT_SHARE, Form.RATIO_SHARE, Form.RATIO):
            return _counts(read)
        if read.form is Form.PAIR and statistic in _SHARES and whole(read.main) is not None:
            return {"n": whole(read.main), "unit": "%", **_stored(read.second)}
        is_mean = read.form is Form.PAIR and statistic.endswith("mean")
        if second is not None and (is_mean or read.form is Form.PLUS_MINUS):
            return {**_stored(read.main), "spread": second, **percent}
        if read.form in (Form.NUMBER, Form.SHARE):
            return _stored(read.main or read.share) | percent
        if read.form in (Form.WITH_BOUNDS, Form.BOUNDS) and second is None:
            pair = [one.value if one else None for one in (read.low, read.high)]
            level = read.level.value if read.level else None
            p = {"p": f"{read.p.operator or '='}{read.p.value:f}"} if read.p else {}
            kind = self._kind(pair, level, read.text)
            return {**_stored(read.main), **kind, **p, **percent}
        return None

    def _bounds(self) -> dict[str, Any]:
        pair = [self._number(name) for name in ("low", "high")]
        if pair == [None, None]:
            return {}
        return self._kind(pair, None, "")

    def _kind(
        self, pair: Sequence[Decimal | None], level: Decimal | None, text: str
    ) -> dict[str, Any]:
        """Return bounds of the kind that the row, or the cell itself, declares."""
        level = level if level is not None else self._number("level")
        inside = next((k for k in _KINDS if re.search(rf"\b{k}\b", text.casefold())), "")
        kind = self.texts.get("bounds", inside).casefold() or ("ci" if level else "interval")
        kind = "ci" if kind == "confidence interval" else kind
        if kind not in _KINDS:
            expected = "ci, cri, iqr, range or interval"
            self._wrong("bounds", self.texts["bounds"], expected, nearest(kind, _KINDS))
        return with_level(kind, pair, level if kind in ("ci", "cri") else None)

    def _p(self) -> str:
        text = _WITH_P.sub("", self._plain("p")).strip()
        for written in (text, f"={text}"):
            if (p := parse_p(written)) is not None:
                return p.printed
        expected = "a p-value such as 0.03, <0.001 or ns"
        self._wrong("p", self.texts["p"], expected)
        return text

    # --- the whole ---------------------------------------------------------------------------

    def _validate(self, study: StudyRecord, block: Mapping[str, Any]) -> None:
        """Check the report as any record is checked, with the cells in place of lines."""
        source = self._source()
        spans = self.records.sources[source].sections
        labels = [(span.label, span.id) for span in spans if not span.resumes]
        ids = dict.fromkeys(span.id for span in spans)
        at = self._one("place", self.texts["place"], labels, ids)
        if self.cells["place"].is_number and any(re.fullmatch(rf"{at}\.?0+", one) for one in ids):
            self._wrong("place", at, f"text: to a spreadsheet, {at} and {at}0 are one number")
        if self.out.problems:
            return
        data = {"source": source, "at": at, "claims": [block]}
        file = _Cells(self.columns, self.out.number)
        context = {"vocabulary": self.records.vocabulary}
        try:
            report = DraftReport.model_validate(data, context=context)
        except ValidationError as error:
            self.out.problems += validation_problems(error, self.columns.file, file)
            return
        record = study.model_copy(
            update={"reports": [report], "partitions": [], "publications": []}
        )
        name = study.id
        found = list(study_problems(name, record, self.records, self.reader.index, file))
        self.out.problems += found
        self.out.report, self.out.block = (None if found else report), block


def _is_plain(read: Entry) -> bool:
    """Whether nothing of a cell would be lost: a sign that is not known, or words of degree."""
    has_label = read.text[:1].isalpha() and read.form not in (Form.WITH_BOUNDS, Form.BOUNDS)
    is_known = all(number.operator in ("", *"<≤>≥~") for number in read.numbers)
    return is_known and not has_label and _HEDGES.search(read.text) is None


def _counts(read: Entry) -> dict[str, Any] | None:
    count, of = whole(read.main), whole(read.of)
    if count is None or (read.of is not None and of is None):
        return None
    share = _stored(read.share) | {"unit": "%"} if read.share else {}
    return {"n": count, **({} if of is None else {"of": of}), **share}


def _stored(number: Number | None) -> dict[str, Any]:
    if number is None:
        return {}
    operator = number.operator.replace("=", "")
    return {"value": number.value, **({"operator": operator} if operator else {})}


class _Cells(RecordFile):
    """A row in place of a file of records: problems name the cell that a field came from."""

    def __init__(self, columns: Columns, row: int) -> None:
        super().__init__(columns.file)
        self.columns, self.row = columns, row

    def problem(self, loc: Loc, found: str, expected: str, near: str = "") -> Problem:
        """Return a problem of a field, with the cell that it came from."""
        steps = [str(step) for step in loc if isinstance(step, str)]
        return self.columns.problem(self.row, self._column(steps, expected), found, expected, near)

    def _column(self, steps: Sequence[str], expected: str) -> str:
        names = {
            "at": "place", "operator": "value", "word": "value", "spread": "value",
            "date": "value", "finding": "value", "noted": "printed", "values": "group",
        }  # fmt: skip
        if expected.startswith(("a statistic", "a unit")):
            return expected.split()[1]
        for step in reversed(steps):
            name = names.get(step, step)
            if name in self.columns.fields or name in FIGURES:
                return name
            if step.startswith(("ci", "cri")) or step in _KINDS:
                return "low"
        return "value" if "values" in steps or "comparison" in steps else "endpoint"
