"""What a person may not see yet of a candidate. Votes are known to the apps above, which say here what they seal."""

from collections.abc import Callable
from functools import reduce
from operator import or_

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q

Rule = Callable[[User], Q | None]
_rules: list[Rule] = []


def rule_add(rule: Rule) -> None:
    """Let an app say which candidates' scores and labels are kept from a user; None for none at all."""
    _rules.append(rule)


def sealed_for(user: User | AnonymousUser) -> Q | None:
    """Return the candidates whose scores and labels are kept from a user; None where nothing is, the usual case."""
    if not isinstance(user, User):
        return None
    found = [sealed for rule in _rules if (sealed := rule(user)) is not None]
    return reduce(or_, found) if found else None
