"""Studies as a Bundle of FHIR R5: ResearchStudy, Group, EvidenceVariable, Citation, Evidence.

The same records give the same bytes: ids are derived from IRIs, and nothing is from a clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from kb.checks.adjudication import CuratedDiscrepancies
from kb.export.fhir.datatypes import Concepts, Data, hl7, identifier, notes, reference, tidy, uid
from kb.export.fhir.evidence import EvidenceWriter
from kb.model import RESULT_KINDS, Claim, Evidence, Group, Measure, Publication, Study
from kb.records.codes import Code
from kb.records.vocabulary import Vocabulary
from kb.sources.verify import Verification
from kb.util.grouping import group_by

_PHASES: Final = {
    "1": "phase-1",
    "1/2": "phase-1-phase-2",
    "2": "phase-2",
    "2/3": "phase-2-phase-3",
    "3": "phase-3",
    "4": "phase-4",
}
_DOI: Final = "https://doi.org"
_PUBMED: Final = "https://pubmed.ncbi.nlm.nih.gov"


def fhir_bundle(
    evidence: Evidence,
    vocabulary: Vocabulary,
    codes: Mapping[str, Sequence[Code]],
    verifications: Mapping[tuple[str, str], Verification],
    curated: CuratedDiscrepancies,
    study: str = "",
) -> Data:
    """Return a bundle of one study, or of all.

    Args:
        evidence: the evidence base.
        vocabulary: its terms.
        codes: codes of other terminologies, by ``scheme:segment``.
        verifications: of every claim, by study and claim id.
        curated: what judgements say of claims.
        study: the id of one study; all of them if it is empty.
    """
    claims = EvidenceWriter(evidence, Concepts(vocabulary, codes), verifications, curated)
    return _Bundle(evidence, claims, study).data()


class _Bundle:
    """Collects resources by the IRI that they stand for, each once."""

    def __init__(self, evidence: Evidence, claims: EvidenceWriter, study: str) -> None:
        self.dataset, self.claims = evidence.dataset, claims
        self.concepts, self.iris = claims.concepts, claims.iris
        self.study = study
        self.resources: dict[str, Data] = {}
        groups = group_by(evidence.groups, lambda group: group.study)
        for one in evidence.studies:
            if study in ("", one.id):
                own = groups.get(one.id, ())
                self._add(self.iris.entity("study", one.id), self._study(one, own))
                for name in one.publications:
                    self._publication(name)
                for group in own:
                    self._add(self.iris.group(group.study, group.id), self._group(group))
        for claim in evidence.claims:
            if study in ("", claim.study) and claim.kind in RESULT_KINDS:
                self._claim(claim)

    def data(self) -> Data:
        """Return the bundle."""
        iri = self.iris.entity("study", self.study) if self.study else self.iris.base
        return {
            "resourceType": "Bundle",
            "id": uid(f"{iri}#bundle"),
            "identifier": identifier(iri),
            "type": "collection",
            "entry": [
                {"fullUrl": f"urn:uuid:{one['id']}", "resource": one}
                for _, one in sorted(self.resources.items())
            ],
        }

    def _add(self, iri: str, resource: Data) -> None:
        kind = resource["resourceType"]
        self.resources[iri] = tidy({"resourceType": kind, "id": uid(iri)} | resource)

    def _claim(self, claim: Claim) -> None:
        self._add(self.iris.claim(claim.study, claim.id), self.claims.resource(claim))
        for name in self.claims.citations(claim):
            self._publication(name)
        measure = claim.measure
        for _, scheme, notation in self.claims.terms(measure):
            self._term(scheme, notation)
        if (iri := self.claims.variable_iri(measure)) not in self.resources:
            self._add(iri, self._outcome(measure))

    def _study(self, study: Study, groups: Sequence[Group]) -> Data:
        concept, phase = self.concepts.concept, _PHASES.get(study.phase, "")
        text = {"text": f"phase {study.phase}"} if study.phase else {}
        reports = map(self.claims.cited, study.publications)
        return {
            "resourceType": "ResearchStudy",
            "url": self.iris.entity("study", study.id),
            "identifier": [{"value": number} for number in study.registry],
            "title": study.title,
            "label": [{"value": study.name}],
            "partOf": [
                {"identifier": identifier(self.iris.entity("study", name)), "display": name}
                for name in study.analysis_of
            ],
            "relatedArtifact": [{"type": "citation", "resourceReference": one} for one in reports],
            "status": "active",
            "phase": text | (hl7("research-study-phase", phase) if phase else {}),
            "studyDesign": [concept("design", one) for one in (study.kind, study.masking) if one],
            "focus": [{"concept": concept("regimen", study.regimen)}] if study.regimen else [],
            "condition": [concept("population", study.population)],
            "description": study.about,
            "comparisonGroup": [self._arm(group) for group in groups if group.role],
        }

    def _arm(self, group: Group) -> Data:
        return {
            "name": group.label,
            "type": {"text": group.role},
            "observedGroup": reference(self.iris.group(group.study, group.id), group.label),
        }

    def _group(self, group: Group) -> Data:
        characteristics = [
            {"code": {"text": name}, "valueCodeableConcept": concept, "exclude": False}
            for name in ("population", "regimen")
            if (concept := self.concepts.concept(name, getattr(group, name)))
        ]
        if group.who_endpoint:
            detail = ", ".join(filter(None, (group.who_category, group.who_time)))
            value = {"valueCodeableConcept": {"text": detail}} if detail else {"valueBoolean": True}
            code = self.concepts.concept("endpoint", group.who_endpoint)
            characteristics.append({"code": code, **value, "exclude": False})
        if group.within:
            label = self.claims.groups.by_id[group.study, group.within].label
            within = reference(self.iris.group(group.study, group.within), label)
            characteristics.append(
                {"code": {"text": "within"}, "valueReference": within, "exclude": False}
            )
        return {
            "resourceType": "Group",
            "identifier": [identifier(self.iris.group(group.study, group.id))],
            "type": "person",
            "membership": "definitional",
            "name": group.label,
            "description": group.note,
            "characteristic": characteristics,
        }

    def _outcome(self, measure: Measure) -> Data:
        time = self.concepts.time(measure.time)
        endpoint = self.concepts.concept("endpoint", measure.endpoint)
        defined = {"definitionCodeableConcept": endpoint, "timeFromEvent": [time] if time else []}
        return {
            "resourceType": "EvidenceVariable",
            "title": self.claims.variable_title(measure),
            "status": "active",
            "description": self.concepts.vocabulary.get("endpoint", measure.endpoint).definition,
            "characteristic": [tidy(defined)],
            "category": [{"name": measure.category}] if measure.category else [],
        }

    def _term(self, scheme: str, notation: str) -> None:
        term = self.concepts.vocabulary.get(scheme, notation)
        concept = self.concepts.concept(scheme, notation)
        variable = {
            "resourceType": "EvidenceVariable",
            "identifier": [identifier(term.iri)],
            "title": term.label,
            "status": "active",
            "description": term.definition,
            "characteristic": [{"definitionCodeableConcept": concept}],
        }
        self._add(term.iri, variable)

    def _publication(self, name: str) -> None:
        one = self.claims.publications[name]
        iri = self.iris.entity("publication", name)
        self._add(iri, _citation(one, iri))


def _citation(one: Publication, iri: str) -> Data:
    form = {
        "publishedIn": tidy({"title": one.journal}),
        "volume": one.volume,
        "issue": one.issue,
        "articleDate": str(one.year or ""),
        "pageString": one.pages,
    }
    numbers = ((_DOI, one.doi), (_PUBMED, one.pmid), ("", one.pmcid))
    authors = [{"value": one.authors}] if one.authors else []
    address = one.url or (f"{_DOI}/{one.doi}" if one.doi else "")
    artifact = {
        "identifier": [tidy({"system": s, "value": value}) for s, value in numbers if value],
        "currentState": [{"text": one.standing}] if one.standing else [],
        "title": [{"text": one.title}] if one.title else [],
        "publicationForm": [form] if (form := tidy(form)) else [],
        "webLocation": [{"url": address}] if address else [],
        "contributorship": {"summary": authors} if authors else {},
        "note": notes([one.standing_note, one.note]),
    }
    return {
        "resourceType": "Citation",
        "url": iri,
        "title": one.title or one.citation,
        "status": "active",
        "summary": [{"text": one.citation}],
        "citedArtifact": tidy(artifact),
    }
