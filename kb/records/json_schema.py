"""JSON Schemas of the records, for completion and checks in an editor.

Where a record needs a term of the ontology, the schema lists all of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from kb.records.fields import TermOf
from kb.records.schema import StudyRecord
from kb.records.shared_schema import (
    AdjudicationsFile,
    DatasetRecord,
    FormerlyFile,
    PublicationsFile,
    SourceRecord,
)
from kb.records.vocabulary import Vocabulary

MODELS: Final[Mapping[str, type[BaseModel]]] = {
    "study": StudyRecord,
    "source": SourceRecord,
    "publications": PublicationsFile,
    "adjudications": AdjudicationsFile,
    "dataset": DatasetRecord,
    "formerly": FormerlyFile,
}
"""The kinds of records that have a schema."""


def record_schema(kind: str, vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the JSON Schema of a kind of record, with the terms of the vocabulary."""
    schema = MODELS[kind].model_json_schema(by_alias=True)
    filled: dict[str, Any] = _with_terms(schema, vocabulary)
    _allow_short_forms(filled.get("$defs", {}))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **filled}


def schema_text(kind: str, vocabulary: Vocabulary) -> str:
    """Return the JSON Schema of a kind of record as the text of a file."""
    return json.dumps(record_schema(kind, vocabulary), ensure_ascii=False, indent=2) + "\n"


def _with_terms(node: Any, vocabulary: Vocabulary) -> Any:
    if isinstance(node, list):
        return [_with_terms(item, vocabulary) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        k: _with_terms(v, vocabulary) for k, v in node.items() if k not in ("x-scheme", "x-kind")
    }
    if "x-scheme" in node:
        kept["enum"] = sorted(TermOf(node["x-scheme"], node["x-kind"]).words(vocabulary))
    if "patternProperties" in node:
        kept["additionalProperties"] = False
    return kept


_NUMBER: Final = r"-?[0-9]+(?:\.[0-9]+)?"
_FIGURE: Final = (
    rf"^(?:[<≤>≥~]? *{_NUMBER} *%?|[0-9]+ *(?:/ *[0-9]+)? *(?:\( *[<≤>≥~]? *{_NUMBER} *% *\))?)$"
)


def _allow_short_forms(definitions: dict[str, Any]) -> None:
    """Allow the short forms of values, such as ``24/57 (42%)``, which a validator reads."""
    if "FigureRecord" in definitions:
        words = definitions["FigureRecord"]["properties"]["word"]["anyOf"][0]["enum"]
        short = [{"type": "number"}, {"type": "string", "pattern": _FIGURE}, {"enum": words}]
        definitions["FigureRecord"] = {"anyOf": [definitions["FigureRecord"], *short]}
    for definition in definitions.values():
        for name, field in definition.get("properties", {}).items():
            if name == "row":
                field.setdefault("anyOf", []).append({"type": ["string", "integer"]})
