SELECT claims.iri AS claim
FROM claims
WHERE true
  AND claims.study = $study  -- if $study
  AND claims.endpoint IN (  -- if $endpoint
    SELECT notation FROM terms WHERE scheme = 'endpoint' AND array_contains(broader, $endpoint)  -- if $endpoint
  )  -- if $endpoint
  AND claims.iri IN (  -- if $regimen
    SELECT claims.iri FROM claims JOIN terms ON array_contains(claims.regimens, terms.notation)  -- if $regimen
    WHERE terms.scheme = 'regimen' AND array_contains(terms.broader_or_part, $regimen)  -- if $regimen
  )  -- if $regimen
  AND claims.iri IN (  -- if $population
    SELECT claims.iri FROM claims JOIN terms ON array_contains(claims.populations, terms.notation)  -- if $population
    WHERE terms.scheme = 'population' AND array_contains(terms.broader, $population)  -- if $population
  )  -- if $population
  AND claims.iri IN (  -- if $drug
    SELECT claims.iri FROM claims  -- if $drug
      JOIN terms ON terms.scheme = 'regimen' AND array_contains(claims.regimens, terms.notation)  -- if $drug
      JOIN terms AS drugs ON drugs.scheme = 'drug' AND array_contains(terms.contains, drugs.notation)  -- if $drug
    WHERE array_contains(drugs.broader, $drug)  -- if $drug
  )  -- if $drug
  AND claims.source = $source  -- if $source
ORDER BY claim
