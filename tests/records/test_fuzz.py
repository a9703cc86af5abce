"""Records changed at random: each can be published, or is an error with its place."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.example_base import EXAMPLE, write_example

from kb import KnowledgeBase, RecordError
from kb.errors import Problem
from kb.export.csv import escape_formula
from kb.model import slug
from kb.rdf.dataset import dataset
from kb.records.notation import is_date, is_duration, parse_figure, parse_p, parse_time
from kb.site.build import claims_csv
from kb.sources.figures import figures
from kb.sources.match import find, holds_number, numbers
from kb.sources.normalise import fold
from kb.stores.oxigraph import OxigraphStore

FILES = sorted(str(path.relative_to(EXAMPLE)) for path in EXAMPLE.glob("evidence/**/*.yaml"))
ODD: list[Any] = [
    *(None, True, 0, -1, 7, 10**25, -(10**400), 1e308, 1e-320, 0.1 + 0.2, math.nan, math.inf),
    *("", "x", "\x00", "\x1b[31m", "\u202eabc", "\ud800", "\ufeff", "\x85", "\u2028", "é" * 300),
    *("a" * 5000, "=1+1", "<script>", "{{ 7 }}", "../../x", "9" * 50, "9" * 20 + "%", "NaN"),
    *("1.2.3", "24/57 (42%)", "0/0 (0%)", "٣", "at 2 years", "after x", "within", "2017-02-30"),
    *("not-reached", "…", "a … b", "=0.03", "<0.001", "ns", "all", "halt", "halt.responders"),
    *([], {}, [1], [[1]], {"a": 1}, {"n": -5, "of": 0}, {"interval": [5, 1], "unit": "%"}),
    *({"value": 1, "ci95": [None, None]}, {"value": "1e400"}, {"range": [1, 2]}),
]
KEYS = ("note", "unit", "statistic", "comparison", "value", "category", "time", "cites", "within")


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of all fields and items of a record."""
    if path:
        yield path
    if isinstance(data, dict | list):
        for step, inside in data.items() if isinstance(data, dict) else enumerate(data):
            yield from places(inside, (*path, step))


@st.composite
def records(draw: st.DrawFn) -> tuple[str, bytes]:
    """Return a file of the example, and its content after one to three changes."""
    file = draw(st.sampled_from(FILES))
    data = yaml.safe_load((EXAMPLE / file).read_text(encoding="utf-8"))
    for _ in range(draw(st.integers(1, 3))):
        found = list(places(data))
        if found:
            change(draw, data, draw(st.sampled_from(found)))
    text = yaml.safe_dump(data, allow_unicode=draw(st.booleans()), width=math.inf)
    return file, text.encode("utf-8", "surrogatepass")


def change(draw: st.DrawFn, data: Any, path: tuple[Any, ...]) -> None:
    for step in path[:-1]:
        data = data[step]
    odd = deepcopy(draw(st.sampled_from(ODD) | st.text(max_size=20)))
    match draw(st.sampled_from(("replace", "replace", "remove", "rename", "add"))):
        case "replace":
            data[path[-1]] = odd
        case "remove":
            del data[path[-1]]
        case "rename" if isinstance(data, dict):
            data[odd if isinstance(odd, str) else json.dumps(odd)] = data.pop(path[-1])
        case _ if isinstance(data, dict):
            data[draw(st.sampled_from(KEYS))] = odd
        case _:
            data.append(odd)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_example(tmp_path_factory.mktemp("fuzzed") / "base")


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(changed=records())
def test_a_changed_record_loads_or_has_located_problems(
    root: Path, changed: tuple[str, bytes]
) -> None:
    file, content = changed
    before = (root / file).read_bytes()
    (root / file).write_bytes(content)
    try:
        published(KnowledgeBase(root))
    except RecordError as error:
        are_clear(error, root)
        assert set(error.problems) <= problems_of_studies(root)  # noqa: PT017 - on either path
    finally:
        (root / file).write_bytes(before)


def problems_of_studies(root: Path) -> set[Problem]:
    """The problems of the records when they are read study by study."""
    with pytest.raises(RecordError) as error:
        list(dataset(root))
    return set(error.value.problems)


def are_clear(error: RecordError, root: Path) -> None:
    assert error.problems
    for problem in error.problems:
        assert problem.file.startswith(str(root))
        assert problem.expected
        assert str(problem).isprintable()
        # Only a file that no parser reads to its end may have a problem without a line.
        assert problem.line or "valid YAML" in problem.expected


def published(base: KnowledgeBase) -> None:
    """A record that loads can be published and queried, whatever its figures."""
    assert len(OxigraphStore(base.nquads)) > 0
    apart = b"".join(dataset(base.root)).splitlines(keepends=True)
    assert sorted(apart) == base.nquads.splitlines(keepends=True)
    assert claims_csv(base).startswith("claim,")
    for finding in base.discrepancies():
        assert finding.message
    for claim in base.claims():
        assert claim.explain()


TEXTS = st.text(max_size=60) | st.text(
    alphabet="0123456789.,;:%/()[]{}<>≤≥=~+-–—…$\\^_*&#×·± \t\n\u00a0vsofCIpn", max_size=60
)


@settings(max_examples=300)
@given(text=TEXTS, other=TEXTS)
@example(text="\x1f", other="\x1f")
def test_any_text_can_be_matched_and_read(text: str, other: str) -> None:
    folded = fold(text)
    assert fold(folded.text).text == fold(fold(folded.text).text).text
    for number in numbers(text):
        assert holds_number(text, number.value, "any")
    for figure in figures(folded):
        assert figure
    for match in find(other, folded):
        assert match.context(10)
    parse_figure(text)
    parse_p(text)
    is_date(text)
    is_duration(text)
    slug(text)
    try:
        parsed = parse_time(text)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
    else:
        assert parse_time(str(parsed)) == parsed


@given(text=TEXTS)
def test_escaping_a_formula_loses_nothing(text: str) -> None:
    cell = escape_formula(text)
    assert cell.removeprefix("'") == text.removeprefix("'")
    if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff20")):
        float(cell.removeprefix("="))
