"""The server: SPARQL over HTTP, the built site, and every IRI dereferenced; read-only.

Queries run in processes of their own, which share one loaded store, end by themselves when
their time is over, and can open neither a file nor a connection. What a client may ask for is
bounded in rows, bytes, time and number, and a refusal says why in plain words.
"""
