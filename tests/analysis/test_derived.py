"""A user gets what was computed apart from what is printed: in Python, as table and graph."""

from __future__ import annotations

import csv
import io

import pyoxigraph as ox

from kb import KnowledgeBase
from kb.analysis.derived import COLUMNS, derived_csv, derived_nquads
from kb.rdf.writer import GraphWriter


def test_every_derived_value_leads_to_claims(real: KnowledgeBase) -> None:
    known = {f"{claim.study}#{claim.id}" for claim in real.evidence.claims}
    found = real.derived()
    assert len(found) > 100
    for one in found:
        assert one.derived.inputs
        assert set(one.derived.inputs) <= known
        assert one.derived.low <= one.derived.value <= one.derived.high


def test_the_table_has_a_row_for_each(real: KnowledgeBase) -> None:
    rows = list(csv.DictReader(io.StringIO(derived_csv(real.derived()))))
    assert len(rows) == len(real.derived())
    assert tuple(rows[0]) == COLUMNS
    topp = next(r for r in rows if r["study"] == "blina-topp-2015" and r["endpoint"] == "cCR")
    assert (topp["value"], topp["low"], topp["high"]) == ("0.4286", "0.3570", "0.5024")


def test_the_graph_is_one_of_its_own_and_says_where_it_comes_from(real: KnowledgeBase) -> None:
    writer = GraphWriter(real.vocabulary)
    quads = list(ox.parse(derived_nquads(real.derived(), writer), ox.RdfFormat.N_QUADS))
    assert {str(quad.graph_name) for quad in quads} == {f"<{real.iris.derived}>"}
    claims = {f.iri for f in real.claims()}
    inputs = {q.object.value for q in quads if q.predicate.value == real.iris.own("input")}
    assert inputs
    assert inputs <= claims
    assert b"graph/derived" not in real.nquads


def test_the_same_prints_give_the_same_bytes(real: KnowledgeBase) -> None:
    writer = GraphWriter(real.vocabulary)
    once, again = (derived_nquads(real.derived(), writer) for _ in range(2))
    assert once == again
    assert derived_nquads((), writer) == b""
