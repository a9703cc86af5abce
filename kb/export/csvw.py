"""The columns of ``claims.csv`` in the form of CSV on the Web (CSVW), beside the file."""

from __future__ import annotations

import json

from kb.export.csv import COLUMNS, DESCRIPTION, column_type
from kb.model import Dataset

METADATA = "claims.csv-metadata.json"
"""The name at which programs look for the metadata of ``claims.csv``."""


def claims_metadata(dataset: Dataset) -> str:
    """Return the metadata of ``claims.csv``.

    >>> dataset = Dataset("T", "D", "https://example.org/", "https://example.org/licence")
    >>> columns = json.loads(claims_metadata(dataset))["tableSchema"]["columns"]
    >>> next(column for column in columns if column["name"] == "value")["datatype"]
    'decimal'
    """
    data = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": "claims.csv",
        "dc:title": dataset.title,
        "dc:description": DESCRIPTION,
        "dc:license": {"@id": dataset.license},
        "dialect": {"encoding": "utf-8", "header": True},
        "tableSchema": {
            "columns": [
                {
                    "name": name,
                    "titles": name,
                    "dc:description": description,
                    "datatype": column_type(name),
                    "null": "",
                }
                for name, description in COLUMNS.items()
            ]
        },
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
