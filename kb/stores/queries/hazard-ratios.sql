SELECT studies.name AS study, claims.endpoint, groups.label AS of, others.label AS versus, claims.value, claims.low,
  claims.high, claims.bounds, claims.p_printed AS p, claims.printed, sources.iri AS source, claims.standing,
  claims.iri AS claim
FROM claims
  JOIN studies ON studies.id = claims.study
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
  JOIN groups AS others ON others.study = claims.study AND others.id = claims.comparator
  JOIN sources ON sources.id = claims.source
WHERE claims.statistic = 'hazard-ratio' AND claims.value IS NOT NULL
ORDER BY study, claims.endpoint, claim
