SELECT studies.name AS study, groups.label AS "group", wider.label AS within, groups.who_endpoint AS who,
  groups.who_category AS "whoCategory", claims.time, claims.numerator, claims.denominator, claims.value,
  claims.printed, sources.iri AS source, claims.iri AS claim
FROM claims
  JOIN terms AS endpoints ON endpoints.scheme = 'endpoint' AND endpoints.notation = claims.endpoint
  JOIN studies ON studies.id = claims.study
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
  LEFT JOIN groups AS wider ON wider.study = groups.study AND wider.id = groups.within
  JOIN sources ON sources.id = claims.source
WHERE array_contains(endpoints.broader, $endpoint) AND claims.statistic = 'percentage'
ORDER BY study, groups.label, claims.time NULLS FIRST, claim
