"""Papers read in: JATS XML, HTML, PDF, DOCX and plain text become one kind of document."""
