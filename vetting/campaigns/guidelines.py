"""Guidelines as people read them: Markdown to HTML in which no raw HTML and no script address survives."""

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from vetting.campaigns.keys import KEYS

# The "js-default" preset has tables and escapes raw HTML; addresses of scripts and files are never made links.
_markdown = MarkdownIt("js-default", {"html": False, "linkify": False})
STARTER = "\n".join(
    [
        "Look at the difference image first, then at the reference: is something there that stands still?",
        "",
        *(f"- **{key.name}**: {key.look}" for key in KEYS),
        "",
        "Say *unsure* rather than guess: it decides nothing, and two of them call an adjudicator.",
    ]
)


def guideline_html(text: str) -> SafeString:
    r"""Render a guideline.

    >>> guideline_html("**Short**, <b>faint</b>")
    '<p><strong>Short</strong>, &lt;b&gt;faint&lt;/b&gt;</p>\n'
    """
    return mark_safe(str(_markdown.render(text)))  # noqa: S308 (raw HTML is escaped by the renderer)
