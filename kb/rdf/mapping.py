"""The one table between the model and RDF: attributes and their predicates, for both ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

DCTERMS: Final = "http://purl.org/dc/terms/"
RDFS_LABEL: Final = "http://www.w3.org/2000/01/rdf-schema#label"


@dataclass(frozen=True, slots=True)
class Property:
    """One attribute of the model and its predicate; ``kind`` says how its value is written.

    Kinds: ``value`` (text, integer, decimal or boolean by its Python type), ``date``,
    ``lines`` (texts joined by newlines), ``amounts`` (numbers joined by slashes), ``time``,
    ``term:<scheme>``, ``study``, ``source``, ``publication``, ``group``, ``claim``,
    ``finding``, ``section``.
    """

    attr: str
    predicate: str
    kind: str = "value"
    type: Callable[[str], Any] = str

    @property
    def scheme(self) -> str:
        """The scheme of a term."""
        return self.kind.partition(":")[2]


def _p(
    attr: str, predicate: str = "", kind: str = "value", type_: Callable[[str], Any] = str
) -> Property:
    return Property(attr, predicate or attr, kind, type_)


DATASET = (
    _p("title", f"{DCTERMS}title"),
    _p("description", f"{DCTERMS}description"),
    _p("license", f"{DCTERMS}license", "iri"),
    _p("creators", f"{DCTERMS}creator"),
    _p("credits", f"{DCTERMS}bibliographicCitation"),
)
PUBLICATION = (
    _p("citation", f"{DCTERMS}bibliographicCitation"),
    _p("type", "publicationType"),
    _p("doi"),
    _p("pmid"),
    _p("url"),
    _p("year", "publicationYear", type_=int),
    _p("standing"),
    _p("standing_note", "standingNote"),
    _p("standing_checked", "standingChecked", "date"),
    _p("reports", "reports", "study"),
    _p("note"),
)
SOURCE = (
    _p("publication", "publication", "publication"),
    _p("title", f"{DCTERMS}title"),
    _p("kind", "sourceKind"),
    _p("language", f"{DCTERMS}language"),
    _p("credit", f"{DCTERMS}rights"),
    _p("text", "textFile"),
    _p("read_in", "readIn"),
)
SECTION = (
    _p("source", "source", "source"),
    _p("id", f"{DCTERMS}identifier"),
    _p("label", RDFS_LABEL),
    _p("position", "position", type_=int),
    _p("evidence", "holdsEvidence", type_=lambda text: text == "true"),
)
STUDY = (
    _p("name", RDFS_LABEL),
    _p("title", f"{DCTERMS}title"),
    _p("kind", "design", "term:design"),
    _p("population", "population", "term:population"),
    _p("phase"),
    _p("masking", "masking", "term:design"),
    _p("centres"),
    _p("regimen", "regimen", "term:regimen"),
    _p("about", f"{DCTERMS}description"),
    _p("registry", "registryId"),
    _p("analysis_of", "analysisOf", "study"),
    _p("publications", "publication", "publication"),
)
GROUP = (
    _p("label", RDFS_LABEL),
    _p("kind", "groupKind"),
    _p("within", "within", "group"),
    _p("role"),
    _p("regimen", "regimen", "term:regimen"),
    _p("population", "population", "term:population"),
    _p("who_endpoint", "whoEndpoint", "term:endpoint"),
    _p("who_category", "whoCategory"),
    _p("who_time", "whoTime"),
    _p("note"),
)
PARTITION = (
    _p("of", "partitionOf", "group"),
    _p("by", "partitionBy"),
    _p("parts", "part", "group"),
)
MEASURE = (
    _p("group", "group", "group"),
    _p("comparator", "versusGroup", "group"),
    _p("endpoint", "endpoint", "term:endpoint"),
    _p("statistic", "statistic", "term:statistic"),
    _p("category"),
    _p("time", "time", "time"),
    _p("regimen", "regimen", "term:regimen"),
    _p("population", "population", "term:population"),
)
FIGURE = (
    _p("value", "value", type_=Decimal),
    _p("digits", "lexical"),
    _p("operator"),
    _p("unit", "unit", "term:unit"),
    _p("numerator", type_=int),
    _p("denominator", type_=int),
    _p("low", "low", type_=Decimal),
    _p("high", "high", type_=Decimal),
    _p("bounds", "boundsKind"),
    _p("dispersion", "spread", type_=Decimal),
    _p("text_value", "word", "term:word"),
    _p("date", "date", "date"),
    _p("date_from", "from", "date"),
    _p("date_to", "to", "date"),
)
RESULT = (
    _p("p_printed", "pPrinted"),
    _p("p_operator", "pOperator"),
    _p("p_value", "pValue", type_=Decimal),
    _p("direction", "direction", "term:word"),
    _p("significance", "significance", "term:word"),
    _p("favours", "favours", "group"),
)
CLAIM = (
    _p("kind"),
    _p("statistic", "statistic", "term:statistic"),
    _p("block"),
    _p("source", "source", "source"),
    _p("section", "section", "section"),
    _p("printed"),
    _p("row", "tableRow", "lines"),
    _p("column", "tableColumn"),
    _p("cites", "cites", type_=int),
    _p("named"),
    _p("note"),
)
ADJUDICATION = (
    _p("finding", "adjudicates", "finding"),
    _p("judged", "judgedState"),
    _p("judgement"),
    _p("because"),
    _p("reads"),
    _p("reason"),
    _p("date", f"{DCTERMS}date", "date"),
    _p("stands", "standingClaim", "claim"),
    _p("faulty", "faultyClaim", "claim"),
    _p("grounds", "ground"),
    _p("publications", "publication", "publication"),
)
STEP = (
    _p("position", "position", type_=int),
    _p("drug", "drug", "term:drug"),
    _p("amount", "amount", type_=Decimal),
    _p("amounts", "amounts", "amounts"),
    _p("unit", "doseUnit", "term:unit"),
    _p("reduction", "reduction", type_=Decimal),
    _p("for_", "forDuration"),
    _p("on", "onDays"),
    _p("over"),
    _p("every"),
    _p("rest"),
    _p("cycles"),
    _p("length", "cycleLength"),
    _p("times", "numberOfDoses"),
    _p("frequency"),
    _p("route"),
    _p("note"),
)
MANY: Final = frozenset(
    {
        "creators",
        "credits",
        "reports",
        "registry",
        "analysis_of",
        "publications",
        "parts",
        "cites",
        "stands",
        "faulty",
        "grounds",
    }
)
"""The attributes that hold several values; they are sorted, so their order carries nothing."""
