"""The tables of one vetter's page: the own work beside everyone's, and what others said where the vetter differs."""

from collections import Counter
from dataclasses import replace

from vetting.campaigns.dashboards.record import Record
from vetting.campaigns.dashboards.tables import CLASSES, Row, Table, days, votes


def own_tables(record: Record, vetter: int) -> dict[str, Table]:
    """Make the tables of a vetter."""
    own = replace(record, votes=[vote for vote in record.votes if vote.vetter == vetter], retired=[], gold={})
    return {
        "days": days(own),
        "classes": own_classes(record, vetter),
        "confusion": against(record, vetter),
        "votes": votes(own),
    }


def own_classes(record: Record, vetter: int) -> Table:
    """Count the vetter's votes by class beside those of all."""
    own = Counter(vote.fine_class for vote in record.votes if vote.vetter == vetter)
    every = Counter(vote.fine_class for vote in record.votes)
    rows: list[Row] = [(name, own[name], _share(own, name), every[name], _share(every, name)) for name in CLASSES]
    return Table(("fine_class", "votes", "votes_share", "votes_of_all", "votes_of_all_share"), rows)


def _share(counts: Counter[str], name: str) -> float | None:
    return round(counts[name] / counts.total(), 4) if counts else None


def against(record: Record, vetter: int) -> Table:
    """Say of each class that the vetter gave what the other vetters' votes on the same candidates were."""
    given = {vote.candidate: vote.fine_class for vote in record.votes if vote.vetter == vetter}
    met = Counter(
        (given[vote.candidate], vote.fine_class)
        for vote in record.votes
        if vote.vetter != vetter and vote.candidate in given
    )
    total = Counter[str]()
    for (mine, _), number in met.items():
        total[mine] += number
    rows: list[Row] = [
        (mine, other, round(met[mine, other] / total[mine], 4) if total[mine] else None, met[mine, other])
        for mine in CLASSES
        for other in CLASSES
    ]
    return Table(("fine_class", "other", "share", "votes"), rows)
