"""Papers read from PDFs: characters, lines, columns, tables, sections."""

from kb.papers.pdf.reader import read_pdf

__all__ = ["read_pdf"]
