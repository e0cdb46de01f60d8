"""What all tests share: how hard hypothesis looks.

``HYPOTHESIS_PROFILE=thorough pytest`` looks for new examples for minutes; the
ordinary profile takes the same few on every run, so that a failure is repeatable.
"""

import os

from hypothesis import settings

settings.register_profile("quick", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
