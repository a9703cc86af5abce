SELECT regimens.label AS regimen, claims.category AS agency, claims.date, populations.label AS population,
  claims.printed, sources.iri AS source, claims.place AS section, claims.iri AS claim
FROM claims
  JOIN sources ON sources.id = claims.source
  LEFT JOIN terms AS regimens ON regimens.scheme = 'regimen' AND array_contains(claims.regimens, regimens.notation)
  LEFT JOIN terms AS populations
    ON populations.scheme = 'population' AND array_contains(claims.populations, populations.notation)
WHERE claims.kind = 'approval'
ORDER BY regimen NULLS FIRST, claims.date NULLS FIRST, agency NULLS FIRST, claim,
  population NULLS FIRST
