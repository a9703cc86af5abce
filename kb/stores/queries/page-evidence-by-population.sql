SELECT DISTINCT concepts.iri AS concept, claims.iri AS claim
FROM claims
  JOIN terms AS populations
    ON populations.scheme = 'population' AND array_contains(claims.populations, populations.notation)
  JOIN terms AS concepts ON concepts.scheme = 'population' AND array_contains(populations.broader, concepts.notation)
ORDER BY concept, claim
