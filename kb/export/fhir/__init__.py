"""Studies as resources of HL7 FHIR R5."""
