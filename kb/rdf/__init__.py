"""From the model to RDF: terms, IRIs, statements and the whole dataset."""
