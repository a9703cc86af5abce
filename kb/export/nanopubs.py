"""Claims as nanopublications: one for each claim, named by a hash of its content (trusty URI).

The assertion holds the figure, its measure and its groups; the provenance where it is printed, what
the source cites for it, and whether it was verified; the publication info its curators and licence.
"""

from __future__ import annotations

import hashlib
import io
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

import pyoxigraph as ox

from kb.model import DCTERMS, RDFS_LABEL, Claim, Dataset
from kb.rdf.iris import Iris
from kb.rdf.terms import XSD
from kb.records.ontology import RDF_TYPE
from kb.util.grouping import group_by

_NP: Final = "http://www.nanopub.org/nschema#"
_PROV: Final = "http://www.w3.org/ns/prov#"
_RDFS: Final = RDFS_LABEL.removesuffix("label")
_PARTS: Final = ("Assertion", "Provenance", "PublicationInfo")
_PROVENANCE: Final = (
    *("source", "section", "tableRow", "tableColumn", "printed", "noted", "readIn", "named"),
    *("block", "note", "cites", "citesMeant", "citesPublication", "isSecondHand"),
    *("verification", "claimStanding"),
)
"""Properties of a claim that belong to the provenance; the others belong to the assertion."""
_ABOUT: Final = ("measure", "step", "group", "versusGroup", "within", "favours")
"""Properties whose values are described in the assertion, too."""

_Subjects = Mapping[str, list[ox.Quad]]


class Nanopub(NamedTuple):
    """One nanopublication: the code at the end of its IRI, and its text in TriG."""

    code: str
    trig: str


def nanopubs(
    nquads: bytes, claims: Iterable[Claim], dataset: Dataset, day: date | None = None
) -> Iterator[Nanopub]:
    """Yield a nanopublication for each claim.

    Args:
        nquads: the whole dataset.
        claims: what to publish.
        dataset: the evidence base, with its creators and licence.
        day: when they were published, if that is to be stated.
    """
    quads = ox.parse(nquads, format=ox.RdfFormat.N_QUADS)
    subjects = group_by(quads, lambda quad: getattr(quad.subject, "value", ""))
    writer = _Writer(subjects, dataset, day)
    yield from map(writer.nanopub, claims)


class _Writer:
    def __init__(self, subjects: _Subjects, dataset: Dataset, day: date | None) -> None:
        self.subjects, self.dataset, self.day = subjects, dataset, day
        self.iris = Iris(dataset.base)
        self._own = {self.iris.own(name): name for name in (*_PROVENANCE, *_ABOUT)}

    def nanopub(self, claim: Claim) -> Nanopub:
        """Return the nanopublication of a claim."""
        folder = f"{self.iris.base}np/"
        blank = f"{folder}CODE"
        code = _trusty_code(self._quads(claim, blank), blank)
        name = f"{folder}{code}"
        prefixes = {"this": name, "sub": f"{name}#", "kb": self.iris.own(""), "xsd": XSD}
        prefixes |= {"np": _NP, "prov": _PROV, "dcterms": DCTERMS, "rdfs": _RDFS}
        trig = io.BytesIO()
        ox.serialize(self._quads(claim, name), trig, ox.RdfFormat.TRIG, prefixes=prefixes)
        return Nanopub(code, trig.getvalue().decode())

    def _quads(self, claim: Claim, name: str) -> list[ox.Quad]:
        """Return the statements of the nanopublication of this name, sorted, part by part."""
        graphs = [ox.NamedNode(f"{name}#{part}") for part in ("Head", *_PARTS)]
        head, assertion, provenance, info = graphs
        this, iri = ox.NamedNode(name), self.iris.claim(claim.study, claim.id)
        quads = [_quad(this, RDF_TYPE, ox.NamedNode(f"{_NP}Nanopublication"), head)]
        for part, graph in zip(_PARTS, (assertion, provenance, info), strict=True):
            quads.append(_quad(this, f"{_NP}has{part}", graph, head))
        for one in self.subjects[iri]:
            is_origin = self._own.get(one.predicate.value, "") in _PROVENANCE
            graph = provenance if is_origin else assertion
            quads.append(ox.Quad(one.subject, one.predicate, one.object, graph))
        for about in self._described(iri):
            quads += [ox.Quad(one.subject, one.predicate, one.object, assertion) for one in about]
        quads += [_quad(assertion, *link, provenance) for link in self._origin(iri)]
        quads += [_quad(this, *fact, info) for fact in self._publication(iri)]
        order = {str(graph): place for place, graph in enumerate(graphs)}
        return sorted(set(quads), key=lambda one: (order[str(one.graph_name)], str(one)))

    def _described(self, iri: str) -> Iterator[list[ox.Quad]]:
        """Yield the statements about measure, steps and groups of a claim, up to all patients."""
        waiting, seen = [iri], {iri}
        while waiting:
            for one in self.subjects[waiting.pop()]:
                value = getattr(one.object, "value", "")
                if self._own.get(one.predicate.value, "") in _ABOUT and value not in seen:
                    seen.add(value)
                    waiting.append(value)
                    yield self.subjects[value]

    def _origin(self, iri: str) -> Iterator[tuple[str, ox.NamedNode]]:
        links = {"source": "wasDerivedFrom", "citesPublication": "hadPrimarySource"}
        for one in self.subjects[iri]:
            link = links.get(self._own.get(one.predicate.value, ""))
            if link and isinstance(one.object, ox.NamedNode):
                yield f"{_PROV}{link}", one.object

    def _publication(self, iri: str) -> Iterator[tuple[str, ox.NamedNode | ox.Literal]]:
        yield f"{_RDFS}seeAlso", ox.NamedNode(iri)
        yield f"{DCTERMS}isPartOf", ox.NamedNode(self.dataset.base)
        yield f"{DCTERMS}license", ox.NamedNode(self.dataset.license)
        for name in self.dataset.creators:
            yield f"{DCTERMS}creator", ox.Literal(name)
        if self.day is not None:
            day = ox.Literal(self.day.isoformat(), datatype=ox.NamedNode(f"{XSD}date"))
            yield f"{DCTERMS}created", day


def _quad(
    subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal, graph: ox.NamedNode
) -> ox.Quad:
    return ox.Quad(subject, ox.NamedNode(predicate), value, graph)


def _trusty_code(quads: Iterable[ox.Quad], name: str) -> str:
    """Return the code of a trusty URI (module RA): a hash of statements without the code itself.

    The normal form is that of the specification of trusty URIs: graph, subject, predicate and value
    a line each, sorted, with a space in place of the code.
    """
    own = name.rpartition("/")[0] + "/ "

    def plain(iri: str) -> str:
        return own + iri.removeprefix(name) if iri.startswith(name) else iri

    def key(quad: ox.Quad) -> tuple[tuple[bytes, ...], bool, bytes, bytes]:
        places = (quad.graph_name, quad.subject, quad.predicate)
        names = tuple(plain(getattr(place, "value", "")).encode() for place in places)
        if isinstance(quad.object, ox.Literal):
            return names, True, quad.object.value.encode(), quad.object.datatype.value.encode()
        return names, False, plain(getattr(quad.object, "value", "")).encode(), b""

    lines = []
    for names, is_literal, value, datatype in sorted(map(key, quads)):
        escaped = value.replace(b"\\", b"\\\\").replace(b"\n", b"\\n")
        lines += [*names, b"^" + datatype + b" " + escaped if is_literal else value]
    digest = hashlib.sha256(b"".join(line + b"\n" for line in lines)).digest()
    return "RA" + urlsafe_b64encode(digest).decode().rstrip("=")
