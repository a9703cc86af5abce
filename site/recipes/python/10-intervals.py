"""Derive an interval from printed counts

A derived value names its method and the claims it rests on; where counts are not printed there is
none.
"""

for one in kb.derived(kb.claims(study="campus-all", source="campus-all-2023")):
    if one.kind == "share" and one.measure.endpoint == "CR":
        share, low, high = (
            f"{100 * x:.1f}%" for x in (one.derived.value, one.derived.low, one.derived.high)
        )
        print(one.measure.group, one.measure.time, share, "from", low, "to", high)
