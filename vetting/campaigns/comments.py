"""Comments on candidates: plain text in which @name means a person and #id another candidate."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from vetting.campaigns.models import Comment, Mention
from vetting.candidates.models import Candidate
from vetting.candidates.sight import sealed_for
from vetting.common import ApplicationError, ConflictError

LONGEST = 2000  # characters
MOST_NAMES = 20  # in one comment
# A name as Django allows it, without a full stop or a sign that ends the sentence; not the tail of an e-mail address.
NAME = r"(?<![\w.+-])@(?P<name>[\w+-]+(?:[.@][\w+-]+)*)"
PIECE = re.compile(rf"{NAME}|(?<![\w&])#(?P<id>\d{{1,18}})\b")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a comment: text, a person who exists, or a candidate that exists, with its address."""

    kind: str
    text: str
    href: str = ""


def names_in(text: str) -> list[str]:
    """Return who is named, each once, in order."""
    return list(dict.fromkeys(found["name"] for found in PIECE.finditer(text) if found["name"]))


def comments_visible(user: User) -> QuerySet[Comment]:
    """Return the comments that a user may read: before the vote of a blind campaign, of others none."""
    sealed = sealed_for(user)
    rows = Comment.objects.filter(withdrawn_at=None).select_related("author", "candidate")
    return rows if sealed is None else rows.exclude(~Q(author=user), candidate__in=Candidate.objects.filter(sealed))


def parts_of(comments: Iterable[Comment]) -> dict[int, list[Part]]:
    """Cut comments into parts, by id: what names nobody and nothing that exists stays text."""
    rows = list(comments)
    found = [match for row in rows for match in PIECE.finditer(row.text)]
    people = set(
        _people().filter(username__in={m["name"] for m in found if m["name"]}).values_list("username", flat=True)
    )
    ids = {int(m["id"]) for m in found if m["id"]}
    candidates = set(Candidate.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return {row.pk: _cut(row.text, people, candidates) for row in rows}


def _cut(text: str, people: set[str], candidates: set[int]) -> list[Part]:
    parts, end = [], 0
    for match in PIECE.finditer(text):
        if match["name"] in people:
            part = Part("person", match[0])
        elif match["id"] and int(match["id"]) in candidates:
            part = Part("candidate", match[0], reverse("candidate", args=[int(match["id"])]))
        else:
            continue
        if match.start() > end:
            parts.append(Part("text", text[end : match.start()]))
        parts.append(part)
        end = match.end()
    return [*parts, Part("text", text[end:])] if end < len(text) else parts


def _people() -> QuerySet[User]:
    return User.objects.filter(is_active=True)


def people_named(start: str, *, limit: int = 8) -> list[str]:
    """Return the first names that begin so, for completion."""
    rows = _people().filter(username__istartswith=start).order_by("username")
    return list(rows.values_list("username", flat=True)[:limit])


@transaction.atomic
def comment_save(candidate: Candidate, *, author: User, uuid: UUID, text: str) -> Comment:
    """Keep a comment once, however often it is sent, and tell those whom it names."""
    text = text.replace("\r\n", "\n").strip()
    if not 0 < len(text) <= LONGEST or "\0" in text:
        raise ApplicationError(f"expected a comment of 1 to {LONGEST} characters, got {len(text)}")
    names = names_in(text)
    if len(names) > MOST_NAMES:
        raise ApplicationError(f"expected at most {MOST_NAMES} names in one comment, got {len(names)}")
    comment, is_new = Comment.objects.get_or_create(
        uuid=uuid, defaults={"candidate": candidate, "author": author, "text": text}
    )
    if (comment.candidate_id, comment.author_id, comment.text) != (candidate.pk, author.pk, text):
        raise ConflictError(f"comment {uuid} is already recorded with other content")
    if is_new:
        named = _people().filter(username__in=names).exclude(pk=author.pk)
        Mention.objects.bulk_create(Mention(comment=comment, user=user) for user in named)
    return comment


def comment_withdraw(comment: Comment, *, author: User) -> Comment:
    """Take a comment of one's own back; the row stays, and nobody is shown it."""
    if comment.author_id != author.pk:
        raise ApplicationError("only its author takes a comment back")
    comment.withdrawn_at = comment.withdrawn_at or timezone.now()
    comment.save(update_fields=["withdrawn_at"])
    return comment


def mentions_of(user: User) -> QuerySet[Mention]:
    """Return where a user is named, latest first, as far as they may read it."""
    visible = comments_visible(user).order_by().values("pk")
    return Mention.objects.filter(user=user, comment__in=visible).select_related(
        "comment__author", "comment__candidate"
    )


def mentions_unread(user: User) -> int:
    """Count what a user has not read; on most pages nothing, which one query tells."""
    if not Mention.objects.filter(user=user, read_at=None).exists():
        return 0
    return mentions_of(user).filter(read_at=None).count()


def mentions_read(user: User) -> int:
    """Call everything that a user may read read."""
    return mentions_of(user).filter(read_at=None).order_by().update(read_at=timezone.now())
