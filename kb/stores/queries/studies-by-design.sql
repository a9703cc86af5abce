SELECT studies.name, designs.label AS design, studies.phase, populations.label AS population,
  regimens.label AS regimen, whole.name AS "analysisOf", studies.iri AS study
FROM studies
  JOIN terms AS designs ON designs.scheme = 'design' AND designs.notation = studies.design
  JOIN terms AS populations ON populations.scheme = 'population' AND populations.notation = studies.population
  LEFT JOIN terms AS regimens ON regimens.scheme = 'regimen' AND regimens.notation = studies.regimen
  LEFT JOIN studies AS whole ON array_contains(studies.analysis_of, whole.id)
ORDER BY design, studies.phase NULLS FIRST, studies.name, "analysisOf" NULLS FIRST, studies.iri
