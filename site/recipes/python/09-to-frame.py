"""Go on in pandas

`to_frame()` gives one row for each claim, with the columns that the downloads have.
"""

frame = kb.claims(endpoint="CRS").to_frame()
print(frame.groupby("study").size().sort_values(ascending=False, kind="stable").head(5))
