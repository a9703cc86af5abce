SELECT studies.name AS study, groups.label AS "group", claims.statistic, claims.value, claims.unit,
  claims.time_from AS "from", claims.printed, sources.iri AS source, claims.place AS section, claims.iri AS claim
FROM claims
  JOIN studies ON studies.id = claims.study
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
  JOIN sources ON sources.id = claims.source
WHERE claims.endpoint = 'FOLLOW_UP' AND claims.value IS NOT NULL AND claims.unit IS NOT NULL
ORDER BY study, claim
