"""An entry of a registry as a paper: its sections, its tables and what it says of itself."""

from __future__ import annotations

from itertools import chain
from typing import Final

from kb.papers.paper import REGISTRY_ENTRY, Metadata, Paper
from kb.papers.registry import protocol, results
from kb.papers.registry.entry import Entry

REGISTRY: Final = "ClinicalTrials.gov"
_YEAR: Final = 4


def source_id(nct_id: str) -> str:
    """Return the id of the source that an entry is.

    >>> source_id("NCT01234567")
    'nct01234567'
    """
    return nct_id.lower()


def registry_paper(entry: Entry) -> Paper:
    """Return an entry as a paper.

    >>> from kb.papers.text import source_text
    >>> identification = {"nctId": "NCT01234567", "briefTitle": "Calm"}
    >>> raw = {"protocolSection": {"identificationModule": identification}}
    >>> print(source_text(registry_paper(Entry.model_validate(raw))).text)
    ## Identification ##
    <BLANKLINE>
    ClinicalTrials.gov identifier: NCT01234567
    <BLANKLINE>
    Brief title: Calm
    <BLANKLINE>
    """
    identification = entry.protocol.identification_module
    status = entry.protocol.status_module
    updated = status.last_update_submit_date or status.study_first_submit_date or ""
    sponsor = entry.protocol.sponsor_collaborators_module.lead_sponsor.name
    titles = (identification.official_title, identification.brief_title, "a study")
    metadata = Metadata(
        title=f"{entry.nct_id}: {next(filter(None, titles))}",
        authors=(sponsor,) if sponsor else (),
        journal=REGISTRY,
        year=int(updated[:_YEAR]) if updated else None,
        kind=REGISTRY_ENTRY,
        url=f"https://clinicaltrials.gov/study/{entry.nct_id}",
        registrations=(entry.nct_id,),
    )
    sections = tuple(chain(protocol.sections(entry), results.sections(entry)))
    return Paper(metadata, sections, tuple(results.tables(entry)))
