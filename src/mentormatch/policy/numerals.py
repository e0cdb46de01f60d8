"""Numbers that people write in a policy, held exactly."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

PER_MILLE = 1000
"""A raw score runs from 0 to this; a weight or a bound counts in units of one over this."""

Number = int | float | Decimal | Fraction


def thousandths(number: Number) -> Fraction:
    """Return a number times 1,000, exactly as it is written.

    A float stands for its shortest decimal form: 0.35 is 350, not 349.99999999999997.
    """
    return (number if isinstance(number, Fraction) else Fraction(str(number))) * PER_MILLE


def _at_most_three_decimals(found: Any) -> Any:
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        raise PydanticCustomError("policy.number", "policy.number")
    if thousandths(found).denominator != 1:
        raise PydanticCustomError("policy.decimals", "policy.decimals")
    return found


Milli = Annotated[float, BeforeValidator(_at_most_three_decimals)]
"""A number of a file with at most three digits after the point."""

HEAVIEST = 10**6
"""The largest weight; products with raw scores stay far inside 64 bits."""

Weight = Annotated[Milli, Field(ge=0, le=HEAVIEST)]
"""A number from 0 up with at most three digits after the point."""
