"""From records to N-Quads: ``kb``, and two pipelines made of what others use.

All read the same files and end in text with the same statements. What would cost the peers
more than it says about them is spared them: neither checks references, the plain pipeline is
handed its statements as text of terms, and LinkML objects that are already written out.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measuring import Work


def with_kb(corpus: str) -> Work:
    """Records to sorted N-Quads, as ``kb`` writes them."""
    return lambda: _lines(kb_nquads(Path(corpus)))


def kb_nquads(root: Path) -> bytes:
    """Return what the records state, without what checks add: every pipeline has to end in it."""
    from kb.rdf.closure import hierarchy_quads
    from kb.rdf.writer import GraphWriter, sorted_nquads
    from kb.records.expand import expand
    from kb.records.load import load_records

    evidence, writer = expand(records := load_records(root)), GraphWriter(records.vocabulary)
    shared = (*writer.shared(evidence), *hierarchy_quads(writer))
    return sorted_nquads((*shared, *writer.of_studies(evidence)))


def streamed(corpus: str) -> Work:
    """The whole dataset with what all checks find, one study at a time."""
    from kb.rdf.dataset import dataset

    return lambda: sum(map(_lines, dataset(Path(corpus))))


def onto_disk(corpus: str) -> Work:
    """The whole dataset, with what all checks find, in a store on disk that answers."""
    from kb.api.knowledge_base import KnowledgeBase

    def work() -> int:
        with tempfile.TemporaryDirectory() as folder:
            return len(KnowledgeBase(corpus, store=f"oxigraph:{folder}").store)

    return work


def opened(corpus: str) -> Work:
    """The same store, made before: opened, and asked a question."""
    from kb.api.knowledge_base import KnowledgeBase

    folder = Path(corpus).with_name(f"{Path(corpus).name}-store")
    study = min(path.stem for path in Path(corpus, "evidence", "studies").iterdir())
    _ = KnowledgeBase(corpus, store=f"oxigraph:{folder}").store

    def work() -> int:
        base = KnowledgeBase(corpus, store=f"oxigraph:{folder}")
        return len(base.ask("study-results", study=study))

    return work


def _lines(nquads: bytes) -> int:
    return nquads.count(b"\n")


def with_plain_libraries(corpus: str) -> Work:
    """PyYAML's C parser, the same pydantic models and expansion, and rdflib."""
    import rdflib

    from kb.records.load import load_vocabulary

    root = Path(corpus)
    vocabulary = load_vocabulary(root)
    statements = list(_statements(kb_nquads(root)))

    def work() -> int:
        _validated(root, vocabulary)
        dataset = rdflib.Dataset()
        dataset.addN(
            (_rdflib(s), _rdflib(p), _rdflib(o), dataset.graph(_rdflib(g)))
            for s, p, o, g in statements
        )
        return len(dataset.serialize(format="nquads").splitlines())

    return work


def _validated(root: Path, vocabulary: Any) -> Any:
    import yaml

    from kb.records.expand import expand
    from kb.records.load import Records, load_dataset
    from kb.records.schema import StudyRecord
    from kb.records.shared_schema import PublicationsFile, SourceRecord

    class Loader(yaml.CSafeLoader):
        """Takes ``on`` for a word, as YAML 1.2 does."""

    Loader.yaml_implicit_resolvers = {
        first: [(tag, rule) for tag, rule in rules if not tag.endswith(":bool")]
        for first, rules in Loader.yaml_implicit_resolvers.items()
    }
    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))

    def read(path: Path) -> Any:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506

    def folder(name: str, model: Any) -> dict[str, Any]:
        files = sorted((root / "evidence" / name).glob("*.yaml"))
        return {p.stem: model.model_validate(read(p), context=context) for p in files}

    context = {"vocabulary": vocabulary}
    data = read(root / "evidence" / "publications.yaml")
    publications = PublicationsFile.model_validate(data, context=context).publications
    sources, studies = folder("sources", SourceRecord), folder("studies", StudyRecord)
    return expand(Records(root, load_dataset(root), vocabulary, publications, sources, studies, {}))


def _rdflib(term: tuple[str, ...]) -> Any:
    from rdflib import BNode, Literal, URIRef

    match term:
        case ("iri", value):
            return URIRef(value)
        case ("blank", value):
            return BNode(value)
        case ("literal", value, "", language):
            return Literal(value, lang=language or None)
        case (_, value, datatype, _):
            return Literal(value, datatype=URIRef(datatype))
    raise ValueError(term)


def _statements(nquads: bytes) -> Iterator[tuple[tuple[str, ...], ...]]:
    import pyoxigraph as ox

    for quad in ox.parse(nquads, ox.RdfFormat.N_QUADS):
        yield tuple(_parts(term) for term in (*quad.triple, quad.graph_name))


def _parts(term: Any) -> tuple[str, ...]:
    """A term as plain texts: its kind and value, for literals with datatype and language."""
    import pyoxigraph as ox

    if isinstance(term, ox.NamedNode):
        return "iri", term.value
    if isinstance(term, ox.BlankNode):
        return "blank", term.value
    plain = term.language or term.datatype.value.endswith("#string")
    return "literal", term.value, "" if plain else term.datatype.value, term.language or ""
