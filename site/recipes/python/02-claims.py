"""Find claims with filters

Each filter follows its hierarchy: a wider endpoint, regimen or population finds the narrower ones.
"""

found = kb.claims(endpoint="OS", regimen="blinatumomab", population="rr-b-all")
print(found)
for one in found[:4]:
    print(one.claim.study, "|", one.group.label, "|", one.claim.printed)
