"""Pictures of the roadmap, its indicators, and the programme on one sheet."""
