SELECT sources.iri AS source, claims.place AS section, groups.label AS "group", claims.statistic, claims.time,
  claims.printed, CASE WHEN claims.second_hand THEN 'true' ELSE 'false' END AS "secondHand", claims.standing,
  claims.iri AS claim
FROM claims
  JOIN terms AS endpoints ON endpoints.scheme = 'endpoint' AND endpoints.notation = claims.endpoint
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
  JOIN sources ON sources.id = claims.source
WHERE claims.study = $study AND array_contains(endpoints.broader, $endpoint)
ORDER BY groups.label, claims.statistic, claims.time NULLS FIRST, sources.iri, claim
