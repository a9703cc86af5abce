"""From the YAML that curators write to the model."""
