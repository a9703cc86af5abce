"""The data types of FHIR that the resources share: codes, quantities, references, and JSON.

A number keeps its printed digits: 0.40 is written as 0.40, not as the float 0.4.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from kb.model import Time
from kb.records.codes import Code
from kb.records.vocabulary import Vocabulary

Data = dict[str, Any]

_SYSTEMS: Final = {
    "ATC": "http://www.whocc.no/atc",
    "HP": "http://human-phenotype-ontology.org",
    "NCIT": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "RXNORM": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "SNOMEDCT": "http://snomed.info/sct",
}
"""Terminologies for which FHIR has an address of its own; others keep that of the mappings."""
_SAME: Final = ("exact", "close")
"""Only these codes may stand beside a concept: codings of one concept are its translations."""
_UCUM: Final = "http://unitsofmeasure.org"
_OPERATORS: Final = {"<": "<", "≤": "<=", ">": ">", "≥": ">="}
_DURATION: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?) ([a-z]+)")
_DECIMAL: Final = re.compile(r'"\\u0000(-?[0-9.]+)"')


def tidy(data: Mapping[str, Any]) -> Data:
    """Return data without what is empty, which FHIR forbids.

    >>> tidy({"value": 0, "unit": "", "note": [], "exclude": False})
    {'value': 0, 'exclude': False}
    """
    return {name: value for name, value in data.items() if value not in (None, "", [], {})}


def uid(iri: str) -> str:
    """Return the id of the resource for an IRI, which is always the same."""
    return str(uuid5(NAMESPACE_URL, iri))


def reference(iri: str, display: str) -> Data:
    """Return a reference to the resource for an IRI, in the same bundle."""
    return {"reference": f"urn:uuid:{uid(iri)}", "display": display}


def identifier(iri: str) -> Data:
    """Return an IRI as an identifier."""
    return {"system": "urn:ietf:rfc:3986", "value": iri}


def hl7(system: str, code: str) -> Data:
    """Return a concept of HL7's own terminology.

    >>> hl7("variable-role", "population")["coding"][0]["system"]
    'http://terminology.hl7.org/CodeSystem/variable-role'
    """
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code}]}


def notes(texts: Iterable[str]) -> list[Data]:
    """Return texts as annotations, without the empty ones."""
    return [{"text": text} for text in texts if text]


class Concepts:
    """Writes terms of the vocabulary with their codes, units and times."""

    def __init__(self, vocabulary: Vocabulary, codes: Mapping[str, Sequence[Code]]) -> None:
        """Take the vocabulary, and the codes of other terminologies by ``scheme:segment``."""
        self.vocabulary = vocabulary
        self._codes = codes

    def concept(self, scheme: str, notation: str) -> Data:
        """Return a term: its own code, then those that mean the same elsewhere."""
        if not notation:
            return {}
        term = self.vocabulary.get(scheme, notation)
        own = {"system": f"{self.vocabulary.base}{scheme}", "code": notation, "display": term.label}
        codes = self._codes.get(f"{scheme}:{term.segment}", ())
        other = [_coding(code) for code in codes if code.closeness in _SAME]
        return {"coding": [own, *other], "text": term.label}

    def quantity(self, value: Decimal | int | None, unit: str = "", operator: str = "") -> Data:
        """Return a number with its unit and, where one is printed, its operator."""
        if value is None:
            return {}
        code = self.vocabulary.get("unit", unit).first("ucum") if unit else ""
        data = {"value": value, "comparator": _OPERATORS.get(operator, ""), "unit": unit}
        return tidy(data | ({"system": _UCUM, "code": code} if code else {}))

    def time(self, time: Time) -> Data:
        """Return a time: in words, as a quantity or upper bound, and from which event."""
        event = time.from_ or time.after
        known = self.vocabulary.knows("event", event)
        return tidy(
            {
                "description": self.vocabulary.time_text(time),
                "eventCodeableConcept": self.concept("event", event) if known else {},
                "quantity": self._duration(time.at),
                "range": tidy({"high": self._duration(time.within)}),
            }
        )

    def _duration(self, text: str) -> Data:
        match = _DURATION.fullmatch(text)
        words = (match[2], f"{match[2]}s") if match else ()
        unit = next((word for word in words if self.vocabulary.knows("unit", word)), "")
        return self.quantity(Decimal(match[1]), unit) if match and unit else {}


def _coding(code: Code) -> Data:
    prefix, _, local = code.code.partition(":")
    system = _SYSTEMS.get(prefix) or code.address.removesuffix(local)
    return tidy({"system": system, "code": local, "display": code.label})


def to_json(data: Data) -> str:
    """Return data as JSON, decimals with all their digits.

    >>> print(to_json({"value": Decimal("5.0")}), end="")
    {
      "value": 5.0
    }
    """
    text = json.dumps(data, ensure_ascii=False, indent=2, default=lambda value: f"\0{value:f}")
    return _DECIMAL.sub(r"\1", text) + "\n"
