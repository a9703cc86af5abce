"""The arguments of the tools: their bounds, and the descriptions that assistants read."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kb.server.assistants.answers import MAX_PAGE

Id = Annotated[str, Field(min_length=1, max_length=200)]
Study = Annotated[Id, Field(description="id of a study, such as 'tower'; `search` finds it")]
AnyStudy = Annotated[Id | None, Field(description="only of this study, by id, such as 'tower'")]
Endpoint = Annotated[
    Id | None,
    Field(description="notation of an endpoint, such as 'OS'; it includes narrower ones"),
]
Drug = Annotated[Id | None, Field(description="notation of a drug: any regimen that contains it")]
Regimen = Annotated[
    Id | None, Field(description="notation of a regimen; it includes narrower ones")
]
Population = Annotated[
    Id | None, Field(description="notation of a population; it includes narrower ones")
]
SourceId = Annotated[Id | None, Field(description="only what this source prints, by id")]
Start = Annotated[
    int, Field(ge=0, le=10_000_000, description="index of the first item: `more` of the last page")
]
Statistic = Annotated[Id | None, Field(description="such as 'hazard-ratio', 'median', 'frequency'")]
Limit = Annotated[int, Field(ge=1, le=MAX_PAGE, description="items of a page")]
