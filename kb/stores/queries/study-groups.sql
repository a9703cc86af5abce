SELECT groups.label AS "group", groups.kind, wider.label AS within, groups.role, regimens.label AS regimen,
  populations.label AS population, sizes.value AS size, sizes.printed AS "sizePrinted"
FROM groups
  LEFT JOIN groups AS wider ON wider.study = groups.study AND wider.id = groups.within
  LEFT JOIN terms AS regimens ON regimens.scheme = 'regimen' AND regimens.notation = groups.regimen
  LEFT JOIN terms AS populations ON populations.scheme = 'population' AND populations.notation = groups.population
  LEFT JOIN claims AS sizes ON sizes.study = groups.study AND sizes.group = groups.id
    AND sizes.endpoint = 'SAMPLE_SIZE' AND sizes.value IS NOT NULL
WHERE groups.study = $study
ORDER BY within NULLS FIRST, groups.label, size NULLS FIRST, "sizePrinted" NULLS FIRST,
  groups.iri
