"""The functions of ``formatting`` as template filters."""

from django import template

from vetting.candidates import formatting

register = template.Library()


@register.filter
def fine_class(value: str) -> str:
    """Write a fine class as words."""
    return value.replace("_", " ")


@register.filter
def percent(share: float) -> str:
    """Write a share in per cent, to a tenth where it is close to all or nothing."""
    return f"{100 * share:.1f} %" if 0 < share < 0.1 or 0.9 < share < 1 else f"{100 * share:.0f} %"


register.filter("ra_hms", formatting.ra_hms)
register.filter("dec_dms", formatting.dec_dms)
register.filter("utc", formatting.utc_of_mjd)
register.filter("utc_clock", lambda mjd: formatting.utc_of_mjd(mjd, digits=0)[11:16])
register.filter("julian", formatting.julian)
register.filter("span", formatting.span)
register.filter("figures", formatting.figures)
register.filter("number", formatting.number)
