"""Blank forms: a questionnaire as a workbook to fill in, and as sheets of paper."""
