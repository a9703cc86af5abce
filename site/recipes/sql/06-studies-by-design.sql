-- question: How many studies, groups and claims does each design have?
-- why: ROLLUP adds a row of totals; counting before the join counts nothing twice
WITH g AS (SELECT study, count(*) AS groups FROM groups GROUP BY study),
     c AS (SELECT study, count(*) AS claims FROM claims GROUP BY study)
SELECT coalesce(studies.design, 'all designs') AS design,
       count(*) AS studies,
       sum(coalesce(g.groups, 0)) AS groups,
       sum(coalesce(c.claims, 0)) AS claims
FROM studies LEFT JOIN g ON g.study = studies.id LEFT JOIN c ON c.study = studies.id
GROUP BY ROLLUP (studies.design)
ORDER BY claims DESC, design
