"""The functions of ``formatting`` as template filters."""

from django import template

from vetting.candidates import formatting

register = template.Library()

register.filter("ra_hms", formatting.ra_hms)
register.filter("dec_dms", formatting.dec_dms)
register.filter("utc", formatting.utc_of_mjd)
register.filter("span", formatting.span)
register.filter("number", formatting.number)
