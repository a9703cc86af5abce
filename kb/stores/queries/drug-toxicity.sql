SELECT DISTINCT regimens.label AS regimen, studies.name AS study, groups.label AS "group", claims.endpoint,
  claims.category, claims.time, claims.value, claims.unit, claims.numerator, claims.word, claims.printed,
  sources.iri AS source, claims.standing, claims.iri AS claim
FROM claims
  JOIN terms AS endpoints ON endpoints.scheme = 'endpoint' AND endpoints.notation = claims.endpoint
  JOIN terms AS regimens ON regimens.scheme = 'regimen' AND array_contains(claims.regimens, regimens.notation)
  JOIN studies ON studies.id = claims.study
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
  JOIN sources ON sources.id = claims.source
WHERE array_contains(regimens.contains, $drug) AND array_contains(endpoints.broader, 'ADVERSE_EVENT')
  AND claims.comparator IS NULL
ORDER BY regimen, study, claims.endpoint, claims.category NULLS FIRST, claim
