"""The beginnings of new records: every field named and explained."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import ryaml

from kb.api.knowledge_base import KnowledgeBase
from kb.errors import InputError, NotFoundError
from kb.records.paths import adjudications_file, source_file, study_file
from kb.util.atomic import write_atomically

_STUDY: Final = """\
# yaml-language-server: $schema=../../build/schema/study.schema.json
id: {name}
name: {name}
title: what was compared, in a few words
registry: []                # NCT numbers, EudraCT numbers
design: {{kind: single-arm-trial}}  # and phase, masking, centres
population: {population}
publications: []            # ids of evidence/publications.yaml

groups: {{}}
  # treated: {{label: treated patients, role: single, regimen: some-regimen}}
  # treated.responders: {{label: responders, who: {{endpoint: cCR}}}}

reports: []
  # - source: a-paper-2026
  #   at: "3.1"
  #   claims:
  #     - endpoint: OS
  #       statistic: median
  #       unit: months
  #       printed: "7.7 vs. 4 months; p=0.01"
  #       values: {{treated: 7.7}}
"""
_SOURCE: Final = """\
# yaml-language-server: $schema=../../build/schema/source.schema.json
id: {name}
publication: {name}         # an id of evidence/publications.yaml
title: title of the document
kind: primary-report        # or review, abstract, label, registry-entry
text: {name}.txt            # file name of its text, which is never committed
credit: authors, journal, licence
sections:                   # in the order of the text; each begins at its marker
  - {{id: Abstract, label: Abstract, from: "Abstract"}}
references: {{}}            # number: id of a publication
"""
_ADJUDICATIONS: Final = """\
# yaml-language-server: $schema=../../build/schema/adjudications.schema.json
adjudications:
"""
_ADJUDICATION: Final = """\
  # {message}
  - finding: {id}
    judged: "{state}"
    judgement: unresolved   # or one-stands, both-stand, misprint
    # because: data-cut     # both-stand: analysis-set, denominator, definition, time, precision
    # stands: []            # with one-stands: the claims that are preferred
    # faulty: []            # the claims that are set aside, among
{claims}
    # reads: "5.3%"         # what the print should read, where the grounds tell
    reason: why this is decided so
    grounds: [judgement]    # arithmetic, other-prints, primary-publication
    # publications: []      # with primary-publication: ids of evidence/publications.yaml
    date: {date}
"""


def begin_adjudication(base: KnowledgeBase, name: str) -> Path:
    """Write the beginning of a judgement at the end of its study's file, and return the file.

    Raises:
        NotFoundError: no finding has this id; names the nearest one.
        InputError: it was judged already, or the file is laid out otherwise.
    """
    findings = {finding.id: finding for finding in base.discrepancies()}
    if name not in findings:
        raise NotFoundError.of("finding", name, findings)
    finding = findings[name]
    path = adjudications_file(base.root, finding.study)
    if finding.adjudication is not None:
        raise InputError(f"{path} judges {name} already")
    claims = "\n".join(f"    #   {claim.study}#{claim.id}" for claim in finding.claims)
    today = datetime.now(UTC).date().isoformat()
    text = _ADJUDICATION.format(
        id=name, state=finding.state, message=finding.message, claims=claims, date=today
    )
    begun = path.read_text(encoding="utf-8").rstrip() if path.exists() else _ADJUDICATIONS.rstrip()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, [_continued(path, begun, text).encode()])
    return path


def _continued(path: Path, begun: str, text: str) -> str:
    """Return a file with a judgement at its end, if it is laid out so that this is YAML."""
    whole = f"{begun}\n{text}"
    try:
        ryaml.loads(whole)
    except ValueError as error:
        raise InputError(f"{path} cannot be continued; write by hand:\n{text}") from error
    return whole


def begin_record(root: Path, kind: str, name: str) -> Path:
    """Write the beginning of a study's or a source's record and return its file.

    Raises:
        InputError: the name is no id, or the record exists already.
    """
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name) or len(name) > 60:
        raise InputError(f"{name!r} is no id: lower-case letters, digits and single hyphens")
    path = study_file(root, name) if kind == "study" else source_file(root, name)
    template = _STUDY if kind == "study" else _SOURCE
    text = template.format(name=name, population=_any_population(root))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise InputError(f"{path} exists already") from error
    return path


def _any_population(root: Path) -> str:
    """Name the widest population, so that the new record is valid as it stands."""
    from kb.records.load import load_vocabulary

    populations = load_vocabulary(root).schemes["population"].values()
    tops = (t.notation for t in populations if not t.broader)
    return next(tops, "a-population")
