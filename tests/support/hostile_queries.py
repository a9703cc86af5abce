"""Queries that would change data or leave the dataset, and harmless ones like them."""

from __future__ import annotations

OTHER = "<http://127.0.0.1:1/>"
TRIPLE = "{ ?s ?p ?o }"
AS_EX = f"PREFIX ex: {OTHER}"

REMOTE = {
    "plain": f"SELECT * {{ SERVICE {OTHER} {TRIPLE} }}",
    "lower case": f"select * {{ service {OTHER} {TRIPLE} }}",
    "silent": f"SELECT * {{ SERVICE SILENT {OTHER} {TRIPLE} }}",
    "without spaces": f"SELECT * {{SERVICE{OTHER}{TRIPLE}}}",
    "grown together with silent": f"SELECT * {{ SERVICESILENT{OTHER}{TRIPLE} }}",
    "grown together with a prefix": f"{AS_EX} SELECT * {{ SERVICEex:a {TRIPLE} }}",
    "grown together with true": f"SELECT * {{ ?a ?b trueSERVICE{OTHER}{TRIPLE} }}",
    "grown together with a number": f"SELECT * {{ ?a ?b 1SERVICE{OTHER}{TRIPLE} }}",
    "a variable for the place": f"SELECT * {{ SERVICE?x{TRIPLE} }}",
    "after a comment": f"SELECT * {{ # nothing here\n SERVICE {OTHER} {TRIPLE} }}",
    "after a comment that a return ends": f"SELECT * {{ # x\rSERVICE {OTHER} {TRIPLE}\n}}",
    "after a string": f'SELECT * {{ ?s ?p "x" . SERVICE {OTHER} {TRIPLE} }}',
    "after a string with a quote": f'SELECT * {{ ?s ?p "\\"" . SERVICE {OTHER} {{ ?s ?p "" }} }}',
    "after an escaped hash in a name": (
        f"{AS_EX} SELECT * {{ ?a ex:b\\# ?c . SERVICE {OTHER} {TRIPLE}\n}}"
    ),
    "after an escaped quote in a name": (
        f"{AS_EX} SELECT * {{ ?a ex:b\\' ?c . SERVICE {OTHER} {TRIPLE} # '\n}}"
    ),
    "between two comparisons": f"SELECT * {{ FILTER(1<1)SERVICE#>\n{OTHER}{TRIPLE} }}",
    "after a comparison and a comment with quotes": (
        f"SELECT * {{ FILTER(?a<?b#>'''\n) SERVICE {OTHER} {TRIPLE} #'''\n}}"
    ),
    "in an IRI with a space of another kind": (
        f"SELECT * {{ ?s <http://x\u00a0#> ?o . SERVICE {OTHER} {TRIPLE}\n}}"
    ),
    "in an IRI with an escape": (
        f"SELECT * {{ ?s <http://x\\u0041#> ?o . SERVICE {OTHER} {TRIPLE}\n}}"
    ),
    "escaped letters": f"SELECT * {{ \\u0053ERVICE {OTHER} {TRIPLE} }}",
    "long escaped letters": f"SELECT * {{ S\\U00000045RVICE {OTHER} {TRIPLE} }}",
    "an escaped quote in a string": (
        f'SELECT * {{ FILTER("a\\u0022"="b") SERVICE {OTHER} {{ ?s ?p "b" }} }}'
    ),
    "in a subquery": f"SELECT * {{ {{ SELECT * {{ SERVICE {OTHER} {TRIPLE} }} }} }}",
    "in an optional part": f"SELECT * {{ OPTIONAL {{ SERVICE {OTHER} {TRIPLE} }} }}",
    "in exists": f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE {OTHER} {TRIPLE} }} }}",
    "in a construct": f"CONSTRUCT {TRIPLE} {{ SERVICE {OTHER} {TRIPLE} }}",
}
CHANGES = {
    "LOAD": f"LOAD {OTHER}",
    "INSERT": "INSERT DATA { <a:a> <a:b> <a:c> }",
    "DELETE": "DELETE WHERE { ?s ?p ?o }",
    "CLEAR": "CLEAR ALL",
    "DROP": "DROP ALL",
    "CREATE": "CREATE GRAPH <a:a>",
    "COPY": "COPY <a:a> TO <a:b>",
    "MOVE": "MOVE <a:a> TO <a:b>",
    "ADD": "ADD <a:a> TO <a:b>",
    "after a query": "SELECT * { ?s ?p ?o } ; DROP ALL",
    "with a prefix": "PREFIX a: <a:> INSERT DATA { a:a a:b a:c }",
}
HARMLESS = {
    "a string": 'ASK { ?s ?p "SERVICE" }',
    "a string in single quotes": "ASK { ?s ?p 'LOAD it' }",
    "a long string": 'ASK { ?s ?p """a "SERVICE" <http://x> """ }',
    "a comment": "ASK { ?s ?p ?o # SERVICE and INSERT and DROP\n}",
    "an IRI": "ASK { ?s <http://example.org/service> <http://example.org/DROP#LOAD> }",
    "a variable": "ASK { ?service ?load $insert }",
    "a prefixed name": "PREFIX ex: <http://example.org/> ASK { ex:service ex:LOAD ex:drop }",
    "a name after an escape": "PREFIX ex: <http://example.org/> ASK { ex:a\\,SERVICE ?p ?o }",
    "a prefix that says what a change says": "PREFIX load: <http://x/> ASK { load:a ?p ?o }",
    "words that hold others": "ASK { ?s ?p ?o FILTER(STRLEN(STR(?o)) > 1 && ?o != 'additional') }",
    "an IRI with a hash, a string after it": 'ASK { ?s <http://x/#a> "x" . ?s <http://x/#b> "y" }',
}
