"""Profiles: how far answers can be relied on, and who takes part with what."""
