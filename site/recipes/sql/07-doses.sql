-- question: Which doses of each drug are printed, from the lowest to the highest?
-- why: each step of a schedule is a row of the table doses, with the unit as printed
SELECT drug, unit,
       count(DISTINCT study) AS studies,
       min(amount) AS lowest,
       max(amount) AS highest
FROM doses
WHERE amount IS NOT NULL
GROUP BY drug, unit
ORDER BY studies DESC, drug, unit
