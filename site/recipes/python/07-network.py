"""Ask which regimens were compared

The network has an edge for each claim that compares two regimens. An edge runs from the regimen to
its comparator; here the direction does not matter.
"""

network = kb.network().to_undirected()
for versus in sorted(network["inotuzumab"]):
    edges = network["inotuzumab"][versus].values()
    studies = sorted({edge["study"].rsplit("/")[-1] for edge in edges})
    print(versus, len(edges), "claims:", ", ".join(studies))
