"""Ask in what figures of several studies differ

Nothing is scored: each respect in which they are not alike is named.
"""

found = kb.claims(endpoint="MRD_NEG", population="rr-ph-negative")
print(found)
for difference in found.comparability():
    print(difference)
