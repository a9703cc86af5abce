"""``ro-crate-metadata.json``: what the files of an archive are, in the form of RO-Crate 1.2."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from kb.model import Dataset

METADATA: Final = "ro-crate-metadata.json"
_VERSION: Final = "https://w3id.org/ro/crate/1.2"
_PARTS: Final = {
    "kb.nq": ("The dataset, one statement a line", "application/n-quads"),
    "claims.csv": ("All claims, one row for each claim and step of a dose", "text/csv"),
    "claims.csv-metadata.json": ("The columns of claims.csv (CSVW)", "application/ld+json"),
    "datapackage.json": ("The columns of all tables (Frictionless)", "application/json"),
    "CITATION.cff": ("How to cite the release", "application/yaml"),
    "provenance.json": ("What the release was made from", "application/json"),
    "evidence/": ("The records: what was read", ""),
    "ontology/": ("The vocabulary", ""),
    "tables/": ("Typed tables as Parquet files", ""),
    "schema/": ("JSON Schemas of the records", ""),
    "site/": ("The site", ""),
}
"""Name and media type of what an archive may hold; folders end with a slash."""

Entity = dict[str, Any]


def ro_crate(dataset: Dataset, version: str, day: date, sizes: Mapping[str, int]) -> str:
    """Return the metadata of an archive.

    Args:
        dataset: the evidence base.
        version: the version of the archive.
        day: its date.
        sizes: the files in it with their sizes.

    >>> dataset = Dataset("T", "D", "https://example.org/", "https://example.org/licence")
    >>> graph = json.loads(ro_crate(dataset, "1.0", date(2026, 1, 2), {"kb.nq": 9}))["@graph"]
    >>> [one["@id"] for one in graph]
    ['ro-crate-metadata.json', './', 'https://example.org/licence', 'kb.nq']
    """
    parts = list(_parts(sizes))
    authors = [
        {"@id": f"#author-{n}", "@type": "Organization", "name": name, "url": dataset.base}
        for n, name in enumerate(dataset.creators, 1)
    ]
    works = [
        {"@id": f"#based-on-{n}", "@type": "CreativeWork", "name": name}
        for n, name in enumerate(dataset.credits, 1)
    ]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": dataset.title,
        "description": dataset.description,
        "version": version,
        "datePublished": day.isoformat(),
        "url": dataset.base,
        "license": {"@id": dataset.license},
        "author": _references(authors),
        "publisher": _references(authors),
        "isBasedOn": _references(works),
        "hasPart": _references(parts),
    }
    descriptor = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": _VERSION},
        "about": {"@id": "./"},
    }
    licence = {"@id": dataset.license, "@type": "CreativeWork", "name": dataset.license}
    licence["description"] = f"The licence of {dataset.title}"
    root = {name: value for name, value in root.items() if value}
    crate = {
        "@context": f"{_VERSION}/context",
        "@graph": [descriptor, root, licence, *authors, *works, *parts],
    }
    return json.dumps(crate, ensure_ascii=False, indent=2) + "\n"


def _references(entities: list[Entity]) -> Entity | list[Entity]:
    """Return references to entities; a single one is not in a list, as RO-Crate recommends."""
    found = [{"@id": entity["@id"]} for entity in entities]
    return found[0] if len(found) == 1 else found


def _parts(sizes: Mapping[str, int]) -> Iterator[Entity]:
    folders = {path.partition("/")[0] + "/" for path in sizes if "/" in path}
    for path, (text, media_type) in _PARTS.items():
        about = {"@id": path, "name": path, "description": text}
        if path in sizes:
            file = {"encodingFormat": media_type, "contentSize": str(sizes[path])}
            yield {"@type": "File"} | about | file
        elif path in folders:
            yield {"@type": "Dataset"} | about
