"""Records in and out in the health field's own format: FHIR R4, SDOH Clinical Care (Gravity).

Owns the mapping between our words and FHIR's. It refuses to send what no agreement covers, and takes back answers only,
never a name.
"""
