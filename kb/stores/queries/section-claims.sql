SELECT sections.position, sections.label AS section, studies.name, claims.endpoint, groups.label AS "group",
  claims.printed, claims.verification, claims.iri AS claim
FROM claims
  JOIN sections ON sections.source = claims.source AND sections.id = claims.section
  JOIN studies ON studies.id = claims.study
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
WHERE claims.source = $source
  AND claims.study = $study  -- if $study
ORDER BY sections.position, studies.name, claim
