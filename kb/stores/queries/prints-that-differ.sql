SELECT studies.name AS study_, one.endpoint, groups.label AS "group", one.time, one.value, one.printed,
  one_source.iri AS source, one.place AS section, other.value AS "otherValue", other.printed AS "otherPrinted",
  other_source.iri AS "otherSource", other.place AS "otherSection"
FROM claims AS one
  JOIN claims AS other ON other.measure = one.measure AND other.statistic = one.statistic AND one.value < other.value
  JOIN studies ON studies.id = one.study
  JOIN groups ON groups.study = one.study AND groups.id = one.group
  JOIN sources AS one_source ON one_source.id = one.source
  JOIN sources AS other_source ON other_source.id = other.source
WHERE true
  AND one.study = $study  -- if $study
ORDER BY study_, one.endpoint, groups.label, one.time NULLS FIRST, one.value, other.value, one.place, other.place,
  one.printed, other.printed, one.iri, other.iri
