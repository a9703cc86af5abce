"""A claim as a resource Evidence: who was measured, what, the figures as printed, and where."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from kb.checks.adjudication import CuratedDiscrepancies
from kb.checks.citations import cite
from kb.checks.groups import PEOPLE, Groups, count_of
from kb.export.csv import printed_digits
from kb.export.fhir.datatypes import Concepts, Data, hl7, identifier, notes, reference, tidy
from kb.model import WHOLE, Claim, Evidence, Measure, slug
from kb.rdf.iris import Iris
from kb.sources.verify import Verification, VerificationState

if TYPE_CHECKING:
    from collections.abc import Mapping

_BOUNDS: Final = {"range": "C38013", "iqr": "C53245", "ci": "C53324", "cri": "0000455"}
_SPREAD: Final = {"sd": "C53322", "se": "0000037"}
_P_VALUE: Final = "C44185"
_NO_REMARK: Final = (VerificationState.VERIFIED, VerificationState.NOTED)
"""The states that need no remark; a noted figure has one of its own."""


class EvidenceWriter:
    """Writes claims as resources, with references to those of groups, variables and citations."""

    def __init__(
        self,
        evidence: Evidence,
        concepts: Concepts,
        verifications: Mapping[tuple[str, str], Verification],
        curated: CuratedDiscrepancies,
    ) -> None:
        """Index what claims refer to."""
        self.concepts, self.verifications, self.curated = concepts, verifications, curated
        self.iris = Iris(concepts.vocabulary.base)
        self.groups = Groups(evidence, concepts.vocabulary)
        self.studies = {study.id: study for study in evidence.studies}
        self.sources = {source.id: source for source in evidence.sources}
        self.references = {source.id: dict(source.references) for source in evidence.sources}
        self.publications = {one.id: one for one in evidence.publications}
        self.places = {(one.source, one.id): one.label for one in evidence.sections}

    def resource(self, claim: Claim) -> Data:
        """Return the resource of a claim."""
        state = self.verifications[claim.study, claim.id].state
        return {
            "resourceType": "Evidence",
            "extension": list(self._extensions(claim, state)),
            "identifier": [identifier(self.iris.claim(claim.study, claim.id))],
            "title": self._title(claim),
            "citeAsReference": self.cited(self.sources[claim.source].publication),
            "status": "draft" if state is VerificationState.FAILED else "active",
            "relatedArtifact": self._artifacts(claim),
            "description": claim.wording,
            "note": notes(self._remarks(claim, state)),
            "variableDefinition": list(self._variables(claim.measure)),
            "statistic": [self._statistic(claim)],
        }

    def citations(self, claim: Claim) -> list[str]:
        """Return the publications of a claim: of its source, then those cited for it."""
        citation = cite(claim, self.references[claim.source], self.curated.numbers_meant)
        return [self.sources[claim.source].publication, *(name for _, name in citation.meant)]

    def cited(self, publication: str) -> Data:
        """Return a reference to a publication."""
        iri = self.iris.entity("publication", publication)
        return reference(iri, self.publications[publication].citation)

    def variable_iri(self, measure: Measure) -> str:
        """Return the IRI of the outcome of a measure, which is the same for all groups."""
        term = self.concepts.vocabulary.get("endpoint", measure.endpoint)
        return f"{term.iri}#{slug(measure.category)}.{slug(str(measure.time))}"

    def variable_title(self, measure: Measure) -> str:
        """Return the name of the outcome of a measure: its endpoint, category and time."""
        vocabulary = self.concepts.vocabulary
        endpoint = vocabulary.get("endpoint", measure.endpoint).label
        named = f"{endpoint}: {measure.category}" if measure.category else endpoint
        return ", ".join(filter(None, (named, vocabulary.time_text(measure.time))))

    def _title(self, claim: Claim) -> str:
        measure = claim.measure
        labels = [
            self.groups.by_id[claim.study, group].label
            for group in (measure.group, measure.comparator)
            if group
        ]
        name = self.studies[claim.study].name
        return f"{name}: {self.variable_title(measure)}; {' versus '.join(labels)}"

    def _artifacts(self, claim: Claim) -> list[Data]:
        study = self.studies[claim.study]
        own = reference(self.iris.entity("study", study.id), study.name)
        return [
            {"type": "part-of", "resourceReference": own},
            *(
                {"type": "cites", "resourceReference": self.cited(name)}
                for name in self.citations(claim)[1:]
            ),
        ]

    def _extensions(self, claim: Claim, state: VerificationState) -> Iterator[Data]:
        """Yield what FHIR has no element for; each address is a property of the ontology."""
        own, place = self.iris.own, self.places[claim.source, claim.section]
        rows = (" › ".join(claim.row), claim.column)
        yield {"url": own("verification"), "valueCode": state.value}
        yield {"url": own("isSecondHand"), "valueBoolean": claim.is_second_hand}
        yield {"url": own("section"), "valueString": ", ".join(filter(None, (place, *rows)))}
        texts = {
            "claimStanding": str(self.curated.standings.get((claim.study, claim.id), "")),
            "block": self.iris.claim(claim.study, claim.block),
            "named": claim.named,
            "analysisSet": claim.analysis_set,
            "dataCut": claim.data_cut,
            "imputation": claim.imputation,
        }
        yield from ({"url": own(name), "valueString": text} for name, text in texts.items() if text)

    def _remarks(self, claim: Claim, state: VerificationState) -> Iterator[str]:
        """Yield in words what qualifies the figure, for programs that read no extensions."""
        if claim.cites:
            numbers = ", ".join(map(str, claim.cites))
            yield f"Second-hand: the source cites its reference {numbers} for this figure."
        if claim.noted:
            yield f"Noted from a summary, not read in the source's own text: {claim.read_in}"
        if state not in _NO_REMARK:
            yield f"Comparison with the source's text: {state.value.replace('_', ' ')}."
        key = (claim.study, claim.id)
        if standing := self.curated.standings.get(key, ""):
            names = ", ".join(one.id for one in self.curated.by_claim.get(key, ()))
            yield f"Status: {standing}{f' (discrepancies: {names})' if names else ''}."
        yield claim.note

    def terms(self, measure: Measure) -> Iterator[tuple[str, str, str]]:
        """Yield role, scheme and notation of the terms that a measure is about.

        A population or regimen that a measure names beside its group narrows the group.
        """
        group = self.groups.by_id[measure.study, measure.group]
        if regimen := measure.regimen or ("" if measure.comparator else group.regimen):
            yield "exposure", "regimen", regimen
        if measure.population:
            yield "subpopulation", "population", measure.population

    def _variables(self, measure: Measure) -> Iterator[Data]:
        groups = {"population": measure.group}
        if measure.comparator:
            groups = {"population": WHOLE, "exposure": measure.group}
            groups["referenceExposure"] = measure.comparator
        for role, group in groups.items():
            label = self.groups.by_id[measure.study, group].label
            yield _variable(role, self.iris.group(measure.study, group), label)
        for role, scheme, notation in self.terms(measure):
            term = self.concepts.vocabulary.get(scheme, notation)
            yield _variable(role, term.iri, term.label)
        yield _variable(
            "measuredVariable", self.variable_iri(measure), self.variable_title(measure)
        )

    def _statistic(self, claim: Claim) -> Data:
        figure, count = claim.figure, count_of(claim)
        word = figure.text_value
        label = self.concepts.vocabulary.get("word", word).label if word else ""
        size = None
        if self.groups.is_size(claim) and figure.denominator is None:
            size, count = count, None  # how many there are, not how many of them are affected
        number = _number(claim, figure.value) if figure.value is not None else figure.numerator
        adjustment = claim.measure.adjustment
        return tidy(
            {
                "description": label,
                "note": notes(self._statistic_remarks(claim)),
                "statisticType": self.concepts.concept("statistic", claim.statistic),
                "category": tidy({"text": claim.measure.category}),
                "quantity": self.concepts.quantity(number, figure.unit, figure.operator),
                "numberAffected": count,
                "sampleSize": _sample(claim, size),
                "attributeEstimate": list(self._estimates(claim)),
                "modelCharacteristic": [{"code": {"text": adjustment}}] if adjustment else [],
            }
        )

    def _statistic_remarks(self, claim: Claim) -> Iterator[str]:
        figure, result, word = claim.figure, claim.result, self.concepts.vocabulary.get
        if figure.operator == "~":
            yield "printed as approximately this number"
        if (figure.low is None) != (figure.high is None):
            yield "one bound is printed as not reached or not estimable"
        yield from (
            f"{about}: {word('word', value).label}"
            for about, value in (
                ("difference", result.direction),
                ("significance", result.significance),
            )
            if value
        )
        if result.favours:
            yield f"favours: {self.groups.by_id[claim.study, result.favours].label}"
        if result.margin is not None:
            yield f"margin: {result.margin:f}"
        if result.adjusted_for:
            yield f"adjusted for: {result.adjusted_for}"
        yield figure.date or f"{figure.date_from}–{figure.date_to}".strip("–")

    def _estimates(self, claim: Claim) -> Iterator[Data]:
        figure, result = claim.figure, claim.result
        bounds = {
            end: self.concepts.quantity(_number(claim, value), figure.unit)
            for end, value in (("low", figure.low), ("high", figure.high))
        }
        if figure.bounds:
            level = None if figure.level is None else figure.level.scaleb(-2)
            kind = _kind(_BOUNDS, figure.bounds.rstrip("0123456789."))
            yield tidy({"type": kind, "level": level, "range": tidy(bounds)})
        if figure.dispersion is not None:
            value = self.concepts.quantity(_number(claim, figure.dispersion), figure.unit)
            yield {"type": _kind(_SPREAD, figure.dispersion_kind), "quantity": value}
        if result.p_printed:
            tested = (f"{result.sides}-sided" if result.sides else "", result.p_for)
            value = self.concepts.quantity(result.p_value, operator=result.p_operator)
            described = "" if value else result.p_printed
            yield tidy(
                {
                    "description": described,
                    "note": notes(tested),
                    "type": hl7("attribute-estimate-type", _P_VALUE),
                    "quantity": value,
                }
            )


def _variable(role: str, iri: str, label: str) -> Data:
    return {"variableRole": hl7("variable-role", role), "observed": reference(iri, label)}


def _number(claim: Claim, value: Decimal | None) -> Decimal | None:
    """Return a number with its digits as printed."""
    return None if value is None else Decimal(printed_digits(claim, value))


def _kind(codes: Mapping[str, str], kind: str) -> Data:
    code = codes.get(kind)
    return hl7("attribute-estimate-type", code) if code else {"text": kind or "spread"}


def _sample(claim: Claim, size: int | None) -> Data:
    """Return the sample size, where it is printed: people as a number, others in words."""
    figure = claim.figure
    total = figure.denominator if size is None else size
    if total is None:
        return {}
    if figure.unit in ("", "%", PEOPLE):
        return {"numberOfParticipants": total}
    return {"description": f"{total} {figure.unit}"}
