SELECT claims.endpoint, claims.category, groups.label AS "group", claims.statistic, claims.time, claims.printed,
  claims.place AS section, claims.iri AS claim
FROM claims JOIN groups ON groups.study = claims.study AND groups.id = claims.group
WHERE claims.source = $source AND claims.study = $study
  AND NOT EXISTS (SELECT 1 FROM claims AS other WHERE other.measure = claims.measure AND other.source <> claims.source)
ORDER BY claims.endpoint, claims.category NULLS FIRST, groups.label, claim
