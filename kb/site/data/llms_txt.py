"""``llms.txt``: a guide for language models to what there is and where, after llmstxt.org."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kb.site.context import PageContext
from kb.site.counts import count_text
from kb.site.page import OutputFile
from kb.stores.library import library

_TEXT: Final = """\
# {title}

> {description}

It holds {counts}. Every figure is bound to the place that prints it. It informs, \
it does not advise.
Two publications of one study are one study. A figure may be second-hand, set aside \
by a judgement, or of another analysis set: read its group, denominator, time and standing.

## Data

- [The whole dataset, N-Quads]({base}data/kb.nq)
- [All claims, CSV]({base}data/claims.csv)
- [Discrepancies]({base}finding/)
- [Ontology]({base}ontology/)
- Every page of a study, source, publication or concept has `.ttl`, `.jsonld`, `.bib`, \
`.ris` and `.csl.json` beside it; most have `.csv`.

## Studies

{studies}

## Tested queries

{queries}
"""


def llms_txt_files(site: PageContext) -> Iterator[OutputFile]:
    """Yield the guide."""
    dataset = site.evidence.dataset
    studies = (
        f"- [{s.name}]({dataset.base}study/{s.id}/): {s.title}" for s in site.studies.values()
    )
    queries = (f"- {query.name}: {query.question}" for query in library().values())
    text = _TEXT.format(
        title=dataset.title,
        description=dataset.description,
        base=dataset.base,
        counts=count_text(site, site.claims).replace(" ·", ","),
        studies="\n".join(studies),
        queries="\n".join(queries),
    )
    yield OutputFile("llms.txt", text.encode())
