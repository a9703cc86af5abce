"""Lead a figure back to its print

`explain()` says what is claimed, about whom, where it stands, and whether it was found there.
"""

median = next(f for f in kb.claims(study="tower", endpoint="OS") if f.claim.statistic == "median")
print(median.explain())
