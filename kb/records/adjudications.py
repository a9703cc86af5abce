"""Adjudications as records have them, turned into the model."""

from __future__ import annotations

from collections.abc import Iterable

from kb.model import Adjudication
from kb.records.load import Records
from kb.records.schema import AdjudicationRecord


def adjudications(records: Records) -> tuple[Adjudication, ...]:
    """Return what curators judged, sorted by study and finding."""
    found = (
        _adjudication(study, one)
        for study, file in records.adjudications.items()
        for one in file.adjudications
    )
    return tuple(sorted(found, key=lambda one: (one.study, one.finding)))


def _adjudication(study: str, record: AdjudicationRecord) -> Adjudication:
    return Adjudication(
        study=study,
        finding=record.finding,
        judged=record.judged,
        judgement=record.judgement,
        reason=record.reason,
        date=record.date,
        because=record.because or "",
        reads=record.reads or "",
        stands=_full(study, record.stands),
        faulty=_full(study, record.faulty),
        grounds=tuple(sorted(set(record.grounds))),
        publications=tuple(sorted(set(record.publications))),
    )


def _full(study: str, claims: Iterable[str]) -> tuple[str, ...]:
    """Name claims with their study: a finding may hold those of several."""
    return tuple(sorted({name if "#" in name else f"{study}#{name}" for name in claims}))
