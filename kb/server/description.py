"""What the endpoint says of itself, in the vocabulary of SPARQL 1.1 Service Description."""

from __future__ import annotations

from typing import Final

_TURTLE: Final = """\
@prefix formats: <http://www.w3.org/ns/formats/> .
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix void: <http://rdfs.org/ns/void#> .

<> a sd:Service ;
  sd:endpoint <> ;
  sd:supportedLanguage sd:SPARQL11Query ;
  sd:feature sd:UnionDefaultGraph ;
  sd:resultFormat formats:SPARQL_Results_JSON, formats:SPARQL_Results_XML,
    formats:SPARQL_Results_CSV, formats:SPARQL_Results_TSV,
    formats:Turtle, formats:N-Triples, formats:JSON-LD, formats:RDF_XML ;
  sd:defaultDataset [
    a sd:Dataset ;
    sd:defaultGraph [ a sd:Graph ; void:triples %d ]
  ] .
"""


def description(quads: int) -> str:
    """Return the service description; ``<>`` is wherever the endpoint is reached.

    >>> "void:triples 7 " in description(7)
    True
    """
    return _TURTLE % quads
