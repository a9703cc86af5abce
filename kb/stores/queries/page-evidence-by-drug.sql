SELECT DISTINCT concepts.iri AS concept, claims.iri AS claim
FROM claims
  JOIN terms AS regimens ON regimens.scheme = 'regimen' AND array_contains(claims.regimens, regimens.notation)
  JOIN terms AS parts ON parts.scheme = 'regimen' AND array_contains(regimens.broader_or_part, parts.notation)
  JOIN terms AS drugs ON drugs.scheme = 'drug' AND array_contains(parts.contains, drugs.notation)
  JOIN terms AS concepts ON concepts.scheme = 'drug' AND array_contains(drugs.broader, concepts.notation)
ORDER BY concept, claim
