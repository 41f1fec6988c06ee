"""README.md of an export: what is in it, what every column means, where it comes from."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from vetting.common import cell
from vetting.datasets.columns import ADJUDICATION, CONSENSUS, EVENT, GOLD, LABEL, QUEUE, SCORE, Column
from vetting.datasets.selectors import Record, Selection


@dataclass(frozen=True, slots=True)
class Facts:
    """What a README tells."""

    selection: Selection
    formats: dict[str, str]
    candidates: int
    kept_back: int
    labelled_until: dt.datetime | None
    candidate_columns: list[Column[Record]]
    ensemble: str
    test_percent: int
    for_manager: bool
    missing: list[str]
    version: str
    now: dt.datetime


def readme(facts: Facts) -> Iterator[bytes]:
    """Write the README, part by part."""
    parts = [_head(facts), _selection(facts.selection)]
    if facts.kept_back:
        parts.append(KEPT_BACK.format(count=facts.kept_back))
    parts += [SECTIONS[name] for name in facts.formats if name in SECTIONS]
    if "csv" in facts.formats:
        parts.append(_columns(facts))
    if "zwickyverse" in facts.formats:
        parts.append(ZWICKYVERSE.format(percent=facts.test_percent))
    if facts.missing:
        parts.append("## What could not be written\n\n" + "\n".join(f"- {plain(line)}" for line in facts.missing))
    parts.append(PROVENANCE)
    yield ("\n\n".join(part.strip() for part in parts) + "\n").encode()


def plain(text: object) -> str:
    """Make one line of Markdown text of anything: no line break, no markup, no cell border."""
    line = " ".join(str(text).split())
    return "".join(f"\\{char}" if char in "\\`*_<>[]|#" else char for char in line)


def _head(facts: Facts) -> str:
    until = cell(facts.labelled_until) or "no label yet"
    return f"""# DeepStreaks: labelled streaks

- {facts.candidates} candidates, written {cell(facts.now)} by DeepStreaks {facts.version}
- labels up to {until}
- active ensemble: {plain(facts.ensemble)}
- formats: {"; ".join(facts.formats.values())}
- `SHA256SUMS` holds the digest of every file: `sha256sum --check SHA256SUMS`

The same labels and decisions give the same tables, byte for byte."""


def _selection(selection: Selection) -> str:
    rows = [
        ("campaign", selection.campaign.name),
        ("votes that decide", selection.campaign.votes_needed),
        ("nights", f"{selection.first_night or 'first'} to {selection.last_night or 'last'}"),
        ("filters", ", ".join(selection.bands) or "all"),
        ("classes", ", ".join(selection.classes) or "all"),
        ("labelled by", ", ".join(selection.vetters) or "anyone"),
        ("candidates", "decided by the consensus" if selection.decided else "with any label that stands"),
    ]
    lines = [f"- {name}: {plain(value)}" for name, value in rows]
    return "## Selection\n\n" + "\n".join(lines)


def _columns(facts: Facts) -> str:
    tables: list[tuple[str, str, Sequence[Column[Any]]]] = [
        ("labels.csv", "One row for every label that stands.", LABEL),
        ("consensus.csv", "One row for every candidate.", CONSENSUS),
        ("label_events.csv", "Every label and every undoing, also those that no longer stand.", EVENT),
        ("adjudications.csv", "Every decision of an adjudicator, also those that were taken back.", ADJUDICATION),
        ("scores.csv", "One row for every candidate and ensemble.", SCORE),
        ("labels.csv and consensus.csv", "Then, of the candidate:", facts.candidate_columns),
    ]
    if facts.for_manager:
        tables += [
            ("labels.csv and label_events.csv", DRAWN, QUEUE),
            ("gold.csv", "Every candidate of these nights and filters whose true class is known.", GOLD),
        ]
    parts = [CSV_NOTE] if facts.for_manager else [CSV_NOTE, FOR_MANAGERS]
    for name, text, columns in tables:
        rows = [f"| `{column.name}` | {column.unit} | {plain(column.description)} |" for column in columns]
        parts.append(f"### {name}\n\n{text}\n\n| column | unit | meaning |\n|---|---|---|\n" + "\n".join(rows))
    return "\n\n".join(parts)


KEPT_BACK = """## Left out

Of the campaign's candidates of these nights and filters, labelled or not, {count} are left out: blind campaigns keep
what is said of them from whoever made this export, until that vetter has judged them there."""

SECTIONS = {
    "cutouts": """## Cutouts

`cutouts/<night>/<survey>_<source_id>/` holds the images of a candidate as the survey gave them, under its own names
(characters other than letters, digits, `.`, `-` and `_` are replaced by `_`; a name that is taken is made longer).

`manifest.csv` is what `python -m scoring train` reads beside `cutouts/`: the decided candidates, `cutout` (file name of
the difference image), `label` (the fine class that counts), `group` (the night, or the first of the nights that share a
known object: never split between training and test) and `confidence` (3 where an adjudicator decided or all votes
agree, else 2).""",
}

CSV_NOTE = """## Tables

UTF-8, comma-separated, one header line; empty means unknown. Times are UTC. Read `source_id` as text:
`pandas.read_csv("labels.csv", dtype={"source_id": "string"})`. A text that a spreadsheet would take for a formula
begins with an apostrophe."""

DRAWN = """Besides, why the vetter got the candidate. Measure vetters and networks on what was drawn at random, or is
gold: what was picked because it is hard, or looks good, is no sample of the sky."""

FOR_MANAGERS = """Left out, because managers of the campaign alone are told: which candidates are gold (`gold.csv`), and
why a candidate was handed out (`queue_reason`, `selection_prob`)."""

ZWICKYVERSE = """## Zwickyverse

`load_data(path="zwickyverse", project_id="rb")` of the original DeepStreaks reads it; so do `sl` and `kd`. Only
candidates whose consensus is decided and says something to the family are in it. That loader splits what it reads at
random, so the nights that are held out for a test ({percent} % of all nights, by a digest of the date) are
projects of their own: `rb_test`, `sl_test`, `kd_test`. Read those with `test_size` as you like and join the two parts.
A picture in colour (its red pixels mark the fitted endpoints), one cut at the CCD's edge and a FITS image are drawn
anew as IPAC's grey 157 x 157 JPEG: sky 204, +10 sigma 0, -2.5 sigma 255."""

PROVENANCE = """## Provenance and licence

Images and measured columns are the survey's: its data policy says what may be passed on, and how it is to be
acknowledged. Labels are the work of the vetters named in them."""
