SELECT populations.label AS "populationLabel", studies.name AS study, groups.label AS "group",
  claims.endpoint AS "endpointNotation", claims.statistic, claims.time, claims.printed, sources.iri AS source,
  claims.place AS section, claims.standing, claims.iri AS claim
FROM claims
  JOIN terms AS populations
    ON populations.scheme = 'population' AND array_contains(claims.populations, populations.notation)
  JOIN terms AS endpoints ON endpoints.scheme = 'endpoint' AND endpoints.notation = claims.endpoint
  JOIN studies ON studies.id = claims.study
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
  JOIN sources ON sources.id = claims.source
WHERE array_contains(populations.broader, $population)
  AND array_contains(endpoints.broader, $endpoint)  -- if $endpoint
ORDER BY "populationLabel", study, "endpointNotation", claim
