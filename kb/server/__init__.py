"""The server: SPARQL over HTTP, the built site, and every IRI dereferenced; read-only.

Queries run in worker processes that share one loaded store, are ended by the system's clock
when their time is up, and can open neither a file nor a connection. Every response is bounded in
time, rows and bytes, and every error response says in one sentence what was wrong.
"""
