"""Ask in SPARQL, with values bound

A bound value is a term and can never change the query.
"""

query = """
PREFIX kb: <https://w3id.org/all-evidence/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?wording ?source {
  ?measure kb:study ?study ; kb:endpoint/skos:notation ?endpoint .
  ?claim kb:measure ?measure ; kb:kind "result" ; kb:printed|kb:noted ?wording ; kb:source ?source .
}
ORDER BY ?wording LIMIT 3
"""
study = "https://w3id.org/all-evidence/study/e1910"
for row in kb.sparql(query, {"study": study, "endpoint": "OS"}):
    print(row["wording"], "-", row["source"].rsplit("/")[-1])
