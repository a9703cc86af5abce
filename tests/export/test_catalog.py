"""How the dataset is described for other programs: DCAT, VoID, CSV on the Web, schema.org."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import rdflib
from rdflib.namespace import DCAT, DCTERMS, RDF, VOID

from kb import KnowledgeBase
from kb.export.catalog import DOWNLOADS, catalog
from kb.export.csv import BOM, to_csv
from kb.export.csvw import claims_metadata
from kb.site.context import PageContext
from kb.site.data.schema_org import describe_page
from kb.site.pages.console import DATASET
from kb.site.pages.home import data_files


def described(base: KnowledgeBase) -> tuple[rdflib.Graph, rdflib.URIRef]:
    text = catalog(base.evidence.dataset, base.evidence.studies, base.nquads)
    assert text == catalog(base.evidence.dataset, base.evidence.studies, base.nquads)
    graph = rdflib.Graph().parse(data=text, format="turtle")
    return graph, rdflib.URIRef(base.iris.base)


def test_the_catalogue_has_size_licence_and_an_example(example: KnowledgeBase) -> None:
    graph, dataset = described(example)
    assert set(graph.objects(dataset, RDF.type)) == {DCAT.Dataset, VOID.Dataset}
    assert graph.value(dataset, VOID.triples) == rdflib.Literal(len(example.nquads.splitlines()))
    assert str(graph.value(dataset, DCTERMS.license)) == example.evidence.dataset.license
    assert str(graph.value(dataset, VOID.exampleResource)) == f"{dataset}study/ease"


def test_each_vocabulary_of_the_dataset_is_named(example: KnowledgeBase) -> None:
    graph, dataset = described(example)
    named = tuple(map(str, graph.objects(dataset, VOID.vocabulary)))
    data = rdflib.Dataset()
    data.parse(data=example.nquads, format="nquads")
    predicates = {str(predicate) for _, predicate, _, _ in data.quads()}
    assert all(predicate.startswith(named) for predicate in predicates)
    assert all(any(one.startswith(name) for one in predicates) for name in named)


def test_each_download_is_a_file_of_the_site(site: PageContext) -> None:
    graph, dataset = described(site.base)
    parts = set(graph.objects(dataset, DCAT.distribution))
    addresses = {str(graph.value(part, DCAT.downloadURL)) for part in parts}
    assert addresses == {f"{dataset}{path}" for path in DOWNLOADS}
    files = {DATASET, *(file.path for file in data_files(site))}
    assert {*DOWNLOADS, "data/catalog.ttl", "data/claims.csv-metadata.json"} <= files
    page = describe_page(site, "index")
    assert page
    assert {one["contentUrl"] for one in page["distribution"]} == addresses


def test_the_columns_of_csvw_read_the_claims(real: KnowledgeBase) -> None:
    metadata = json.loads(claims_metadata(real.evidence.dataset))
    text = BOM + to_csv(real.rows)
    assert metadata["url"] == "claims.csv"
    encoding = metadata["dialect"]["encoding"]
    header, *rows = csv.reader(io.StringIO(text.encode(encoding).decode("utf-8-sig")))
    columns = metadata["tableSchema"]["columns"]
    assert [column["titles"] for column in columns] == header
    readers = {"string": str, "integer": int, "decimal": Decimal}
    for row in rows:
        assert len(row) == len(columns)
        for column, cell in zip(columns, row, strict=True):
            if cell != column["null"]:
                readers[column["datatype"]](cell)
    decimals = {column["name"] for column in columns if column["datatype"] == "decimal"}
    assert {"value", "low", "high", "p_number"} <= decimals


def test_a_study_is_described_for_search_engines(site: PageContext) -> None:
    page = describe_page(site, "study/tower")
    assert page
    assert (page["@type"], page["identifier"]) == ("MedicalStudy", ["NCT02013167"])
    assert page["isPartOf"] == {"@id": site.base.iris.base}
