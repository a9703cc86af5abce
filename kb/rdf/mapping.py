"""The RDF properties of each class of the model, for the writer and for reading back."""

from __future__ import annotations

from typing import Final

from kb.model import (
    Adjudication,
    Claim,
    ComparisonResult,
    Dataset,
    DoseStep,
    Figure,
    Group,
    Measure,
    Output,
    Partition,
    Publication,
    Section,
    Source,
    Study,
    outputs,
)

Property = Output


def _properties(kind: type) -> tuple[Property, ...]:
    return tuple(output for output in outputs(kind) if output.kind != "id")


DATASET = _properties(Dataset)
PUBLICATION = _properties(Publication)
SOURCE = _properties(Source)
SECTION = _properties(Section)
STUDY = _properties(Study)
GROUP = _properties(Group)
PARTITION = _properties(Partition)
MEASURE = _properties(Measure)
FIGURE = _properties(Figure)
RESULT = _properties(ComparisonResult)
CLAIM = _properties(Claim)
ADJUDICATION = _properties(Adjudication)
STEP = _properties(DoseStep)
MANY: Final = frozenset(
    prop.attr
    for table in (DATASET, PUBLICATION, STUDY, PARTITION, CLAIM, ADJUDICATION)
    for prop in table
    if prop.many
)
"""The attributes that hold several values; they are sorted, so their order carries nothing."""
