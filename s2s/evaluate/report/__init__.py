"""What was measured of a model, as data, as JSON, and as one page for the eye.

model     metrics, tables, figures, claims: the report itself -> report.json
"""
