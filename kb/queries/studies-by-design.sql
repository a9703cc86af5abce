SELECT studies.name, designs.label AS design, studies.phase, populations.label AS population,
  regimens.label AS regimen, whole.name AS "analysisOf", studies.iri AS study
FROM studies
  JOIN terms AS designs ON designs.scheme = 'design' AND designs.notation = studies.design
  JOIN terms AS populations ON populations.scheme = 'population' AND populations.notation = studies.population
  LEFT JOIN terms AS regimens ON regimens.scheme = 'regimen' AND regimens.notation = studies.regimen
  LEFT JOIN (SELECT id, unnest(analysis_of) AS of FROM studies) AS parts ON parts.id = studies.id
  LEFT JOIN studies AS whole ON whole.id = parts.of
ORDER BY design, studies.phase NULLS FIRST, studies.name, "analysisOf" NULLS FIRST
