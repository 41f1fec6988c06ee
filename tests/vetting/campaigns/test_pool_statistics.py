import pytest
from django.db import connection

from tests.factories import make_campaign, make_candidate, make_cast
from vetting.campaigns.services import pool_add


@pytest.mark.django_db
def test_postgresql_knows_the_size_of_a_pool_as_soon_as_it_is_filled():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps no such statistics")
    campaign = make_campaign(make_cast().manager)
    pool_add(campaign, [make_candidate().source_id for _ in range(120)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'campaigns_poolitem'")
        assert cursor.fetchone()[0] == 120
