-- question: How did the evidence grow over the years?
-- why: a window function gives the running total beside the count of each year
WITH reports AS (
  SELECT unnest(reports) AS study, min(year) AS year
  FROM publications
  WHERE year IS NOT NULL
  GROUP BY study
)
SELECT year,
       count(*) AS new_studies,
       sum(count(*)) OVER (ORDER BY year) AS studies_until_then
FROM reports
GROUP BY year
ORDER BY year
