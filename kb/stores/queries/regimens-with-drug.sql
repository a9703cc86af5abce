-- A measure may say itself which regimen it is about; else its groups do, and stand here already.
SELECT DISTINCT regimens.label AS regimen, regimens.notation, studies.name AS study
FROM terms AS regimens
  LEFT JOIN (
    SELECT regimen, study FROM groups
    UNION SELECT asked.notation, claims.study
    FROM claims JOIN terms AS asked ON asked.scheme = 'regimen' AND array_contains(claims.regimens, asked.notation)
  ) AS given ON given.regimen = regimens.notation
  LEFT JOIN studies ON studies.id = given.study
WHERE regimens.scheme = 'regimen' AND array_contains(regimens.contains, $drug)
ORDER BY regimen, regimens.notation, study NULLS FIRST
