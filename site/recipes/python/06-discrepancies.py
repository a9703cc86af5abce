"""List what cannot all be right

The checks find contradictions; a curator's judgement stands beside them and changes no claim.
"""

findings = kb.discrepancies()
print(len(findings), "findings")
for one in findings[:3]:
    print(one.severity.value, one.status.value, "-", one.message)
