"""The static site: pages rendered from the evidence in the shells of mkdocs-material."""
