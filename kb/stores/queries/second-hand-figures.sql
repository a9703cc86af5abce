SELECT studies.name AS study_, claims.endpoint, groups.label AS "group", claims.printed, reference_lists.number,
  publications.citation, publications.doi, claims.iri AS claim
FROM claims
  JOIN reference_lists
    ON reference_lists.source = claims.source AND array_contains(claims.cites, reference_lists.number)
  JOIN publications ON publications.id = reference_lists.publication
  JOIN studies ON studies.id = claims.study
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
WHERE claims.source = $source AND claims.second_hand
  AND claims.study = $study  -- if $study
ORDER BY study_, claim, reference_lists.number
