SELECT DISTINCT concepts.iri AS concept, claims.iri AS claim
FROM claims
  JOIN terms AS regimens ON regimens.scheme = 'regimen' AND array_contains(claims.regimens, regimens.notation)
  JOIN terms AS concepts ON concepts.scheme = 'regimen' AND array_contains(regimens.broader_or_part, concepts.notation)
ORDER BY concept, claim
