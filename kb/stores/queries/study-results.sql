SELECT claims.endpoint, claims.category, claims.statistic, claims.time, groups.label AS "group", claims.value,
  claims.operator, claims.unit, claims.numerator, claims.denominator, claims.low, claims.high, claims.bounds,
  claims.word, claims.printed, sources.iri AS source, claims.place AS section, claims.verification, claims.standing,
  claims.iri AS claim
FROM claims
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
  JOIN sources ON sources.id = claims.source
WHERE claims.study = $study AND claims.kind = 'result' AND claims.comparator IS NULL
ORDER BY claims.endpoint, claims.category NULLS FIRST, claims.statistic, claims.time NULLS FIRST, groups.label,
  sources.iri, claim
