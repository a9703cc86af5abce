SELECT studies.iri AS study, claims.endpoint AS "endpointNotation", claims.statistic, claims.time, groups.iri AS of,
  regimens.iri AS "ofRegimen", others.iri AS versus, other_regimens.iri AS "versusRegimen", claims.value, claims.low,
  claims.high, claims.p_printed AS p, claims.finding AS direction, claims.significance, claims.printed,
  sources.iri AS source, sections.iri AS section, claims.standing, claims.iri AS claim
FROM claims
  JOIN studies ON studies.id = claims.study
  JOIN terms AS endpoints ON endpoints.scheme = 'endpoint' AND endpoints.notation = claims.endpoint
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
  JOIN groups AS others ON others.study = claims.study AND others.id = claims.comparator
  JOIN sources ON sources.id = claims.source
  JOIN sections ON sections.source = claims.source AND sections.id = claims.section
  LEFT JOIN terms AS regimens ON regimens.scheme = 'regimen' AND regimens.notation = groups.regimen
  LEFT JOIN terms AS other_regimens ON other_regimens.scheme = 'regimen' AND other_regimens.notation = others.regimen
WHERE true
  AND claims.study = $study  -- if $study
  AND array_contains(endpoints.broader, $endpoint)  -- if $endpoint
ORDER BY claim
