"""The evidence base described for catalogues of datasets, in the terms of DCAT and VoID."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from kb.model import DCTERMS, Dataset, Study
from kb.rdf.iris import Iris
from kb.rdf.terms import XSD
from kb.records.ontology import RDF_TYPE

DOWNLOADS: Final = {
    "data/kb.nq": "application/n-quads",
    "data/kb.trig.gz": "application/trig",
    "data/claims.csv": "text/csv",
    "data/derived.csv": "text/csv",
    "data/derived.nq": "application/n-quads",
}
"""The files of the site that hold data of the whole base, with their media types."""

_DUMP: Final = "data/kb.nq"
_DCAT: Final = "http://www.w3.org/ns/dcat#"
_VOID: Final = "http://rdfs.org/ns/void#"
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
_COMPRESSED: Final = f"{_MEDIA}application/gzip"

_Value = ox.NamedNode | ox.Literal


def catalog(dataset: Dataset, studies: tuple[Study, ...], nquads: bytes) -> str:
    """Return the description in Turtle.

    Args:
        dataset: the evidence base.
        studies: its studies.
        nquads: the whole dataset, from which its size and vocabularies are taken.
    """
    facts = [*_dataset(dataset, studies, nquads), *_distributions(dataset)]
    triples = [ox.Triple(ox.NamedNode(s), ox.NamedNode(p), value) for s, p, value in facts]
    out = io.BytesIO()
    prefixes = {"dcat": _DCAT, "void": _VOID, "dcterms": DCTERMS, "xsd": XSD}
    ox.serialize(triples, out, ox.RdfFormat.TURTLE, prefixes=prefixes)
    return out.getvalue().decode()


def _dataset(
    dataset: Dataset, studies: tuple[Study, ...], nquads: bytes
) -> Iterator[tuple[str, str, _Value]]:
    base, predicates = dataset.base, {line.split(b" ", 2)[1] for line in nquads.splitlines()}
    namespaces = {_namespace(predicate.decode().strip("<>")) for predicate in predicates}
    facts: list[tuple[str, _Value]] = [
        (RDF_TYPE, ox.NamedNode(f"{_DCAT}Dataset")),
        (RDF_TYPE, ox.NamedNode(f"{_VOID}Dataset")),
        (f"{DCTERMS}title", ox.Literal(dataset.title)),
        (f"{DCTERMS}description", ox.Literal(dataset.description)),
        (f"{DCTERMS}license", ox.NamedNode(dataset.license)),
        *((f"{DCTERMS}creator", ox.Literal(name)) for name in dataset.creators),
        *((f"{DCTERMS}bibliographicCitation", ox.Literal(credit)) for credit in dataset.credits),
        (f"{_DCAT}landingPage", ox.NamedNode(base)),
        *((f"{_DCAT}distribution", ox.NamedNode(_part(dataset, path))) for path in DOWNLOADS),
        (f"{_VOID}dataDump", ox.NamedNode(f"{base}{_DUMP}")),
        (f"{_VOID}uriSpace", ox.Literal(base)),
        (f"{_VOID}triples", ox.Literal(nquads.count(b"\n"))),
        *((f"{_VOID}vocabulary", ox.NamedNode(name)) for name in sorted(namespaces)),
    ]
    if studies:
        example = Iris(base).entity("study", studies[0].id)
        facts.append((f"{_VOID}exampleResource", ox.NamedNode(example)))
    yield from ((base, name, value) for name, value in facts)


def _distributions(dataset: Dataset) -> Iterator[tuple[str, str, _Value]]:
    for path, media_type in DOWNLOADS.items():
        part = _part(dataset, path)
        yield part, RDF_TYPE, ox.NamedNode(f"{_DCAT}Distribution")
        yield part, f"{_DCAT}downloadURL", ox.NamedNode(f"{dataset.base}{path}")
        yield part, f"{_DCAT}mediaType", ox.NamedNode(f"{_MEDIA}{media_type}")
        if path.endswith(".gz"):
            yield part, f"{_DCAT}compressFormat", ox.NamedNode(_COMPRESSED)


def _part(dataset: Dataset, path: str) -> str:
    return f"{dataset.base}data/#{path.rpartition('/')[2]}"


def _namespace(predicate: str) -> str:
    """Return the vocabulary of a property.

    >>> _namespace("http://www.w3.org/2004/02/skos/core#broader")
    'http://www.w3.org/2004/02/skos/core#'
    """
    end = max(predicate.rfind("#"), predicate.rfind("/")) + 1
    return predicate[:end]
