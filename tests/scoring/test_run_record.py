"""A run goes on with the configuration, the labels and the folds that it began with, or not at all."""

from dataclasses import replace

import numpy as np
import pytest

from scoring.families import FineClass
from scoring.train_config import TrainConfig
from scoring.training_images import LabelledCutouts, TrainingImages

pytest.importorskip("keras", reason="training needs the extra 'train'")

CONFIG = TrainConfig(
    "tiny", "truth.csv", "cutouts", architecture="compact", epochs=1, images_per_epoch=32, batch_size=16
)
FOLD = np.array([0, 0, 1])


def cutouts(labels=("blank", "asteroid", "ghost"), groups=("1", "1", "2")):
    drawn = LabelledCutouts.drawn(np.zeros((3, 157, 157), np.float16), labels, groups)
    return replace(drawn, names=np.array(["a.png", "b.png", "c.png"]))


@pytest.fixture
def begun(tmp_path):
    """A folder with a record and the weights of a first fold."""
    from scoring.run_record import keep_record

    keep_record(CONFIG, cutouts(), FOLD, tmp_path)
    (tmp_path / "fold-0.weights.h5").write_bytes(b"weights")
    return tmp_path


def test_a_run_goes_on_with_what_it_began_with(begun):
    from scoring.run_record import keep_record, read_config, read_folds

    keep_record(
        replace(CONFIG, precision="float32", source="said better", manifest="moved.csv"), cutouts(), FOLD, begun
    )
    assert read_config(begun).manifest == "moved.csv"
    assert read_folds(cutouts(), begun).tolist() == FOLD.tolist()


@pytest.mark.parametrize(
    ("config", "real", "fold", "expected"),
    [
        ({"epochs": 2}, {}, FOLD, "trained with epochs = 1 and not 2; name another folder with --out"),
        ({}, {"labels": ("blank", "ghost", "ghost")}, FOLD, "1 cutouts differ, b.png first: asteroid, .*ghost, .* now"),
        ({}, {}, np.array([1, 1, 0]), "3 cutouts differ, a.png first: .* fold 0 there, .* fold 1 now"),
    ],
)
def test_a_run_of_other_labels_configuration_or_folds_is_refused(begun, config, real, fold, expected):
    from scoring.run_record import keep_record

    with pytest.raises(ValueError, match=expected):
        keep_record(replace(CONFIG, **config), cutouts(**real), fold, begun)


def test_weights_without_a_record_are_refused_and_a_folder_without_weights_is_begun_anew(begun):
    from scoring.run_record import keep_record

    (begun / "labels.csv").unlink()
    with pytest.raises(ValueError, match=r"expected labels\.csv beside the weights"):
        keep_record(CONFIG, cutouts(), FOLD, begun)
    (begun / "fold-0.weights.h5").unlink()
    keep_record(replace(CONFIG, epochs=3), cutouts(), FOLD, begun)


@pytest.mark.parametrize(("name", "seen"), [("fold-0", "c.png"), ("fold-1-2", "a.png"), ("fold-2", "a.png")])
def test_initial_weights_that_have_seen_a_cutout_are_refused(begun, name, seen):
    from scoring.run_record import check_initial

    weights = begun / f"{name}.weights.h5"
    weights.write_bytes(b"weights")
    check_initial(weights, ["another.png"])
    with pytest.raises(ValueError, match=f"have from 1, {seen} first: scores of them would not be out of fold"):
        check_initial(weights, [seen])


def test_initial_weights_of_simulated_cutouts_have_seen_only_what_theirs_have(begun, tmp_path_factory):
    from scoring.run_record import check_initial, keep_record

    later = tmp_path_factory.mktemp("later")
    (begun / "pretrained.weights.h5").write_bytes(b"weights")
    keep_record(replace(CONFIG, initial=str(begun / "fold-0.weights.h5")), cutouts(), FOLD, later)
    (later / "pretrained.weights.h5").write_bytes(b"weights")
    check_initial(begun / "pretrained.weights.h5", ["a.png", "c.png"])
    with pytest.raises(ValueError, match=r"c\.png first"):
        check_initial(later / "pretrained.weights.h5", ["a.png", "c.png"])
    with pytest.raises(ValueError, match="there is no"):
        check_initial(begun / "lost.weights.h5", [])


@pytest.mark.filterwarnings("default")
def test_a_kill_while_the_weights_are_written_leaves_none_and_loses_no_epoch(tmp_path, monkeypatch):
    from scoring import fitting

    images = TrainingImages([(cutouts(), {FineClass.BLANK: 1.0, FineClass.ASTEROID: 1.0})])
    weights = tmp_path / "fold-0.weights.h5"

    def killed(network, path):
        raise KeyboardInterrupt

    monkeypatch.setattr(fitting, "save_weights", killed)
    with pytest.raises(KeyboardInterrupt):
        fitting.fit(CONFIG, images, 0, weights, None)
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["fold-0.resume"]
    monkeypatch.setattr(fitting.Progress, "on_epoch_begin", lambda *_: pytest.fail("an epoch was trained again"))
    fitting.fit(CONFIG, images, 0, weights, None)
    assert [path.name for path in tmp_path.iterdir()] == ["fold-0.weights.h5"]
    fitting.read_network(CONFIG, tmp_path, 0)


@pytest.mark.filterwarnings("default")
def test_weights_take_their_name_only_when_they_are_whole(tmp_path):
    from scoring.fitting import save_weights

    class Network:
        def save_weights(self, path):
            path.write_bytes(b"half")
            raise OSError(28, "no space left on device")

    with pytest.raises(OSError, match="no space"):
        save_weights(Network(), tmp_path / "fold-0.weights.h5")
    assert list(tmp_path.iterdir()) == []
