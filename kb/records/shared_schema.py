"""The records that studies share: sources, publications, adjudications, addresses, the dataset."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from kb.records.fields import (
    BaseIri,
    Count,
    Date,
    Label,
    Line,
    Note,
    Printed,
    Slug,
    StrictModel,
    TermOf,
    Title,
)


class Span(StrictModel):
    """A part of a source's text: it begins at a marker and ends where the next part begins."""

    id: Label
    label: Line
    from_: Line | None = Field(None, alias="from", description="how its first line begins")
    resumes: bool = False
    evidence: bool = True


class LeftOut(StrictModel):
    """Figures of one place that no claim contains, and why."""

    at: Label
    figures: Annotated[list[Printed], Field(min_length=1)]
    reason: Annotated[str, TermOf("reason")]


class SourceRecord(StrictModel):
    """A document that was transcribed, with its sections and its numbered reference list."""

    id: Slug
    publication: Slug
    title: Title
    kind: Literal["primary-report", "review", "abstract", "label", "registry-entry"]
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "en"
    text: Annotated[str, Field(pattern=r"^\w[\w.-]*$")] | None = Field(
        None, description="file name of its text; absent: the source is unavailable"
    )
    credit: Line
    read_in: Line | None = Field(
        None, description="the summary in which its figures were read: claims are 'noted' from it"
    )
    sections: Annotated[list[Span], Field(min_length=1)]
    references: dict[Count, Slug] = {}
    left_out: list[LeftOut] = []

    @model_validator(mode="after")
    def _read_once(self) -> SourceRecord:
        if self.text is not None and self.read_in is not None:
            raise ValueError("'text' or 'read_in', not both: it was read in its text or a summary")
        return self


class PublicationStatus(StrictModel):
    """The status of a publication: final, interim, corrected, retracted ..."""

    kind: Literal[
        "final",
        "interim",
        "update",
        "preliminary",
        "erratum-published",
        "correction",
        "retracted",
        "abstract",
        "preprint",
    ]
    note: Note | None = None
    checked: Date


class PublicationRecord(StrictModel):
    """A report that can be cited: its citation, its ids and the studies it reports.

    >>> record = {"type": "review", "authors": "Low B, et al.", "journal": "Rev", "year": 2020}
    >>> PublicationRecord.model_validate(record | {"volume": 3, "pages": "7-9"}).cited
    'Low B, et al. Rev 2020;3:7-9'
    """

    citation: Line | None = Field(None, description="where journal and year are not given")
    authors: Line | None = Field(None, description="e.g. 'Low B, Hay C' or 'Low B, et al.'")
    title: Title | None = None
    journal: Line | None = None
    volume: Label | None = None
    issue: Label | None = None
    pages: Label | None = Field(None, description="first and last page, or the article's number")
    doi: Annotated[str, Field(pattern=r"^10\.\d{4,9}/\S+$")] | None = None
    pmid: Annotated[str, Field(pattern=r"^\d{1,9}$", coerce_numbers_to_str=True)] | None = None
    pmcid: Annotated[str, Field(pattern=r"^PMC\d{1,9}$")] | None = None
    url: Annotated[str, Field(pattern=r"^https://[\w./~-]+$")] | None = None
    year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    type: Literal["journal-article", "review", "abstract", "preprint", "web-page", "guideline"]
    standing: PublicationStatus | None = None
    reports: list[Slug] = []
    note: Note | None = None

    @model_validator(mode="after")
    def _one_citation(self) -> PublicationRecord:
        whole = self.journal is not None and self.year is not None
        if whole == (self.citation is not None):
            raise ValueError("'citation', or 'journal' and 'year', from which it is made")
        return self

    @property
    def cited(self) -> str:
        """The citation, made of its parts where they are given."""
        if self.citation is not None:
            return self.citation
        who = (self.authors or self.title or "").removesuffix(".")
        issue = f"({self.issue})" if self.issue else ""
        volume = f";{self.volume or ''}{issue}" if self.volume or issue else ""
        pages = f":{self.pages}" if self.pages else ""
        return f"{who}. {self.journal} {self.year}{volume}{pages}".removeprefix(". ")


FindingId = Annotated[str, StringConstraints(pattern=r"^[\w.-]+$", max_length=200)]
ClaimId = Annotated[
    str, StringConstraints(pattern=r"^(?:[a-z0-9-]+#)?[\w.+-]+$", min_length=1, max_length=260)
]
"""The id of a claim of the same study, or ``<study>#<claim id>``; it becomes part of an IRI."""


Ground = Literal[
    "arithmetic", "other-prints", "primary-publication", "primary-summary", "judgement"
]
READ: tuple[Ground, Ground] = ("primary-publication", "primary-summary")
"""The grounds that name publications: read in their text, or in a summary only."""


class AdjudicationRecord(StrictModel):
    """A curator's judgement of a discrepancy; ``kb new adjudication`` writes a skeleton."""

    finding: FindingId = Field(description="the id that kb check prints")
    judged: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")] = Field(
        description="the state of the finding when it was judged, as kb check prints it"
    )
    judgement: Literal["one-stands", "both-stand", "misprint", "unresolved"]
    because: (
        Literal["analysis-set", "data-cut", "denominator", "definition", "time", "precision"] | None
    ) = Field(None, description="why all prints stand")
    stands: list[ClaimId] = Field(
        [], description="the claims that are preferred; of another study as <study>#<claim>"
    )
    faulty: list[ClaimId] = Field([], description="the claims that are set aside")
    reads: Line | None = Field(None, description="what the print should read")
    reason: Note
    grounds: Annotated[list[Ground], Field(min_length=1)]
    publications: list[Slug] = Field([], description="what the primary grounds were read in")
    date: Date

    @model_validator(mode="after")
    def _whole(self) -> AdjudicationRecord:
        if (self.judgement == "both-stand") != (self.because is not None):
            raise ValueError("'because' with the judgement both-stand, and only there")
        if self.judgement == "one-stands" and not (self.stands and self.faulty):
            raise ValueError("'stands' and 'faulty' with the judgement one-stands")
        if self.faulty and self.judgement not in ("one-stands", "misprint"):
            raise ValueError("'faulty' with the judgement one-stands or misprint, and only there")
        if set(self.stands) & set(self.faulty):
            raise ValueError("a claim under 'stands' or under 'faulty', not both")
        if set(READ).isdisjoint(self.grounds) == bool(self.publications):
            raise ValueError(f"'publications' with the ground {' or '.join(READ)}, and only there")
        return self


class AdjudicationsFile(StrictModel):
    """The adjudications of one study; the file is named by the study's id."""

    adjudications: list[AdjudicationRecord]


class PublicationsFile(StrictModel):
    """All publications, by id."""

    publications: dict[Slug, PublicationRecord]


Address = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[\w.-]+$", max_length=120)]


class FormerlyFile(StrictModel):
    """Former addresses of pages, each with its present one: ``study/old: study/new``."""

    formerly: dict[Address, Address]


class DatasetRecord(StrictModel):
    """The evidence base as a whole: its name, its IRIs, its licence."""

    title: Line
    description: Note
    base: BaseIri
    license: Annotated[str, Field(pattern=r'^https?://[^\s<>"{}|\\^`]+$')]
    creators: list[Line] = []
    credits: list[Line] = []
