"""``datapackage.json``: what stands in the columns of the tables, for programs and people.

The form is that of Frictionless Data: a Table Schema for each file beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kb.export.csv import COLUMNS, DESCRIPTION, column_type
from kb.model import Dataset

Resource = dict[str, Any]


def claims_resource() -> Resource:
    """Return the description of ``claims.csv``.

    >>> next(f for f in claims_resource()["schema"]["fields"] if f["name"] == "value")["type"]
    'number'
    """
    types = {"integer": "integer", "decimal": "number", "string": "string"}
    fields = [
        {"name": name, "type": types[column_type(name)], "description": description}
        for name, description in COLUMNS.items()
    ]
    return {
        "name": "claims",
        "path": "claims.csv",
        "description": DESCRIPTION,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "schema": {"fields": fields, "missingValues": [""]},
    }


def table_resource(name: str, types: Mapping[str, str]) -> Resource:
    """Return the description of a table as a Parquet file; ``types`` are those of Table Schema."""
    fields = [{"name": column, "type": type_} for column, type_ in types.items()]
    path = f"{name}.parquet"
    return {"name": name, "path": path, "format": "parquet", "schema": {"fields": fields}}


def datapackage(resources: list[Resource], dataset: Dataset | None = None) -> str:
    """Return the text of ``datapackage.json``, with title and licence of a dataset."""
    package: dict[str, Any] = {"name": "evidence", "resources": resources}
    if dataset is not None:
        package |= {"title": dataset.title, "description": dataset.description}
        package |= {"homepage": dataset.base, "licenses": [{"path": dataset.license}]}
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"
