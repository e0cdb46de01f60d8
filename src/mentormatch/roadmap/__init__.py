"""The programme's roadmap: what is to be done by when, and whether it was."""
