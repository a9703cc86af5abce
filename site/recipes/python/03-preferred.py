"""Leave out what a judgement set aside

Where prints contradict each other and a curator judged which one stands, `preferred()` keeps that
one. An unresolved one keeps all values.
"""

found = kb.claims(study="campus-all", endpoint="OS")
kept = found.preferred()
print(len(found), "claims, of which", len(kept), "are not set aside")
for one in found:
    if one not in kept:
        print("set aside:", one.claim.printed, "in", one.source.id)
