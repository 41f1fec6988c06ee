import csv
import zipfile

import pytest
from django.core.management import CommandError, call_command

from vetting.campaigns.models import Campaign
from vetting.datasets import exports


def export(**options):
    call_command("export", **options)


def test_the_command_writes_a_folder(night, tmp_path, capsys):
    export(out=tmp_path / "set", formats=["csv", "zwickyverse"])

    assert {path.name for path in (tmp_path / "set").iterdir()} >= {"README.md", "SHA256SUMS", "labels.csv"}
    assert "3 candidates written" in capsys.readouterr().out


def test_the_command_writes_a_zip(night, tmp_path):
    export(out=tmp_path / "set.zip")

    assert zipfile.ZipFile(tmp_path / "set.zip").testzip() is None


def test_zip_and_folder_hold_the_same_tables(night, tmp_path):
    export(out=tmp_path / "set.zip")
    export(out=tmp_path / "set")

    for name in ("labels.csv", "consensus.csv", "label_events.csv", "scores.csv"):
        assert zipfile.ZipFile(tmp_path / "set.zip").read(name) == (tmp_path / "set" / name).read_bytes()


def test_the_command_exports_one_night(night, tmp_path):
    call_command("export", "--out", str(tmp_path / "set"), "--night", "2018-07-02")

    with (tmp_path / "set" / "consensus.csv").open() as file:
        assert [row["source_id"] for row in csv.DictReader(file)] == [night.far.source_id]


def test_what_exists_is_kept_unless_it_is_to_be_replaced(night, tmp_path):
    export(out=tmp_path / "set")
    with pytest.raises(CommandError, match="exists"):
        export(out=tmp_path / "set")

    export(out=tmp_path / "set", replace=True)


def test_a_folder_that_is_no_export_is_never_replaced(night, tmp_path):
    (tmp_path / "thesis").mkdir()
    with pytest.raises(CommandError, match="expected an earlier export"):
        export(out=tmp_path / "thesis", replace=True)


def test_a_broken_export_leaves_nothing_behind_and_keeps_the_old_one(night, tmp_path, monkeypatch):
    export(out=tmp_path / "set")
    before = (tmp_path / "set" / "SHA256SUMS").read_bytes()
    monkeypatch.setitem(exports.FORMATS, "csv", exports.Format("broken", 1, lambda _export: iter([1 / 0])))
    with pytest.raises(ZeroDivisionError):
        export(out=tmp_path / "set", replace=True)

    assert [path.name for path in tmp_path.iterdir() if path.name != "media"] == ["set"]
    assert (tmp_path / "set" / "SHA256SUMS").read_bytes() == before


def test_another_campaign_is_named(night, tmp_path):
    Campaign.objects.create(name="second look")
    export(out=tmp_path / "set", campaign="second look")

    assert "- campaign: second look" in (tmp_path / "set" / "README.md").read_text()


@pytest.mark.parametrize("wrong", [{"campaign": "no such"}, {"vetters": ["nobody"]}, {"night": 1, "first": 1}])
def test_a_name_that_is_not_known_is_an_error(night, tmp_path, wrong):
    with pytest.raises(CommandError, match="expected"):
        export(out=tmp_path / "set", **wrong)
