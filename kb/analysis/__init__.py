"""Values computed from claims: intervals, differences, comparability, networks."""
