SELECT studies.name AS study, groups.label AS "group", claims.endpoint, claims.time_at AS at,
  claims.time_from AS "from", claims.value, claims.unit, claims.printed, sources.iri AS source, claims.standing,
  claims.iri AS claim
FROM claims
  JOIN terms AS endpoints ON endpoints.scheme = 'endpoint' AND endpoints.notation = claims.endpoint
  JOIN studies ON studies.id = claims.study
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
  JOIN sources ON sources.id = claims.source
WHERE array_contains(endpoints.broader, 'SURVIVAL') AND claims.time_at IS NOT NULL AND claims.comparator IS NULL
  AND claims.statistic = 'percentage' AND claims.value IS NOT NULL AND claims.unit IS NOT NULL
ORDER BY claims.endpoint, claims.time_at, study, groups.label, claim
