"""``kb mcp``: the evidence base as tools of an assistant, over the Model Context Protocol.

Answers are JSON of a bounded size, each figure with its place, verification and standing. What an
assistant proposes is checked and never enters the dataset.
"""
