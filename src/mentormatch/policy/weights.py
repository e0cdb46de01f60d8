"""Changing weights: by hand with three decimals, or computed and then rounded."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Real
from typing import Literal

from mentormatch.errors import Defect, Place, PolicyError
from mentormatch.policy.fields import unknown
from mentormatch.policy.forms import Form
from mentormatch.policy.numerals import HEAVIEST, PER_MILLE, Number, thousandths


def reweigh(
    forms: Sequence[Form],
    criteria: Sequence[str],
    weights: Mapping[str, Number],
    on_excess: Literal["error", "round"],
) -> tuple[Form, ...]:
    """Return the forms with other weights; the rules are those of ``Policy.with_weights``."""
    wanted: dict[str, dict[str, Fraction]] = {form.id: {} for form in forms}
    defects = []
    if on_excess not in {"error", "round"}:
        values = {"found": on_excess, "names": "error, round"}
        defects.append(Defect("stable.option", Place(field="on_excess"), values))
    # A key with a form comes last, so that it goes before one without.
    for key in sorted(weights, key=lambda key: "." in key):
        exact = _exact(weights[key])
        targets = _targets(key, forms, criteria)
        if exact is None:
            defects.append(Defect("policy.weight", Place(field=key), {"most": HEAVIEST}))
        elif exact.denominator != 1 and on_excess == "error":
            defects.append(Defect("policy.excess", Place(field=key)))
        elif not targets:
            known = [*criteria, *(f"{form.id}.{entry}" for form in forms for entry in criteria)]
            defects.append(_no_target(key, criteria, known))
        else:
            for form, criterion in targets:
                wanted[form][criterion] = exact
    if defects:
        raise PolicyError(*defects)
    return tuple(_with(form, wanted[form.id]) for form in forms)


def _exact(number: Number) -> Fraction | None:
    """Return a weight in thousandths, None if it can't be one."""
    if isinstance(number, bool) or not isinstance(number, Real | Decimal):
        return None
    try:
        exact = thousandths(number)
    except ValueError:  # nan and infinities
        return None
    return exact if 0 <= exact <= HEAVIEST * PER_MILLE else None


def _targets(key: str, forms: Sequence[Form], criteria: Sequence[str]) -> list[tuple[str, str]]:
    """List the forms and criteria that a key means."""
    name, dot, criterion = key.partition(".")
    if dot:
        return [(form.id, criterion) for form in forms if form.id == name and criterion in criteria]
    return [(form.id, name) for form in forms if name in form.weights]


def _no_target(key: str, criteria: Sequence[str], known: Sequence[str]) -> Defect:
    if key in criteria:
        return Defect("policy.not-listed", Place(field=key), {"found": key})
    return unknown("criterion", key, known, Place(field="weights"))


def _with(form: Form, wanted: Mapping[str, Fraction]) -> Form:
    if not wanted:
        return form
    exact = {key: thousandths(weight) for key, weight in form.weights.items()} | dict(wanted)
    old = sum(thousandths(weight) for weight in form.weights.values())
    rounded = _rounded(exact, Fraction(old))
    return form.model_copy(
        update={"weights": {key: weight / PER_MILLE for key, weight in rounded.items()}}
    )


def _rounded(exact: Mapping[str, Fraction], old: Fraction) -> dict[str, int]:
    """Round to whole thousandths by the largest remainder, the earlier one among equals."""
    total = sum(exact.values(), Fraction())
    target = int(old) if abs(total - old) < 1 else round(total)
    floors = {key: int(weight) for key, weight in exact.items()}
    remainders = sorted(exact, key=lambda key: floors[key] - exact[key])
    for key in remainders[: target - sum(floors.values())]:
        floors[key] += 1
    return floors
