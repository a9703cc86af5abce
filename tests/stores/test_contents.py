"""What a store holds, compared statement by statement without keeping the statements."""

from __future__ import annotations

import pytest

from kb import UnavailableError
from kb.stores import contents as module
from kb.stores.contents import contents, contents_of_store, differences, require_same
from kb.stores.oxigraph import OxigraphStore

NQUADS = b"""\
<b:s> <b:p> "7.70"^^<http://www.w3.org/2001/XMLSchema#decimal> <b:g> .
<b:s> <b:p> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> <b:g> .
<b:s> <b:p> "word"@en <b:g> .
<b:s> <b:p> _:x <b:g> .
_:x <b:p> <b:o> <b:h> .
"""


def found(nquads: bytes) -> list[str]:
    return [*differences(contents(NQUADS), contents_of_store(OxigraphStore(nquads), "b:"))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("7.70", "7.7"),  # as servers write numbers
        ("true", "1"),
        ("_:x", "_:y"),  # no name that two stores share
        ("<b:h> .\n", "<b:h> .\n<b:s> <b:p> <b:o> <other:g> .\n"),  # of others
    ],
)
def test_the_same_statements_in_other_words_are_the_same(old: str, new: str) -> None:
    assert found(NQUADS.replace(old.encode(), new.encode())) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("7.70", "7.71"),
        ("true", "false"),
        ("word", "work"),
        ("@en", "@de"),
        ("@en", ""),
        ("<b:o>", '"b:o"'),
        ("<b:o>", "_:o"),
        ("<b:s> <b:p> _:x", "<b:t> <b:p> _:x"),
        ('<b:p> "word"', '<b:q> "word"'),
    ],
)
def test_one_change_is_noticed(old: str, new: str) -> None:
    (line,) = found(NQUADS.replace(old.encode(), new.encode(), 1))
    assert "of which the server has some with other values" in line


def test_missing_and_further_statements_are_counted() -> None:
    lines = NQUADS.splitlines(keepends=True)
    assert found(b"".join(lines[1:])) == ["b:g: 4 statements, of which the server has 3"]
    assert found(b"".join(lines[:4])) == ["b:h: 1 statement, of which the server has 0"]
    more = NQUADS + b"<b:s> <b:p> <b:o> <b:new> .\n"
    assert found(more) == ["b:new: 0 statements, of which the server has 1"]
    with pytest.raises(UnavailableError, match="in 1 graphs: load them again"):
        require_same(OxigraphStore(more), NQUADS, "b:")


def test_a_large_graph_is_compared_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 2)
    assert found(NQUADS) == []
    assert len(found(NQUADS.replace(b"7.70", b"7.71"))) == 1
