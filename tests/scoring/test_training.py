"""Training images, and one tiny training where Keras is installed."""

from pathlib import Path

import numpy as np
import pytest

import scoring
from scoring.families import FineClass
from scoring.simulation import SimulationConfig
from scoring.train_config import TrainConfig
from scoring.training_images import (
    LabelledCutouts,
    TrainingImages,
    draw_injected,
    draw_simulated,
    fainter,
    targets_of,
    turned,
)


@pytest.fixture
def real():
    rng = np.random.default_rng(1)
    z = rng.standard_normal((12, 157, 157)).astype(np.float16)
    z[:, :20] = np.nan
    return LabelledCutouts.drawn(z, ["blank"] * 9 + ["ghost"] * 3, ["1"] * 8 + ["2"] * 4)


def test_a_class_that_says_nothing_to_a_family_has_a_missing_target():
    assert targets_of(["asteroid", "cosmic_ray", "flashes", "ghost"])[:, :3].tolist() == [
        [1, 1, 1],
        [1, 1, 0],
        [1, 0, 0],
        [0, -1, 0],
    ]


def test_injections_keep_the_group_and_the_mask_of_their_background(real):
    made = draw_injected(real, {FineClass.ASTEROID: 5}, np.random.default_rng(2), SimulationConfig())
    assert (made.labels.tolist(), set(made.groups) <= {"1", "2"}) == (["asteroid"] * 5, True)
    assert np.isnan(made.z[:, :20]).all()


def test_simulated_cutouts_belong_to_no_group():
    made = draw_simulated({FineClass.GHOST: 2}, np.random.default_rng(2), SimulationConfig())
    assert (made.labels.tolist(), made.groups.tolist()) == (["ghost"] * 2, [""] * 2)


def test_a_large_group_does_not_outvote_a_small_one(real):
    rows, odds = real.members()[FineClass.BLANK]
    assert odds[real.groups[rows] == "1"].sum() == pytest.approx(np.sqrt(8) / (np.sqrt(8) + 1))


def test_batches_hold_the_classes_in_the_shares_that_were_asked_for(real):
    images = TrainingImages([(real, {FineClass.BLANK: 3.0, FineClass.GHOST: 1.0, FineClass.ASTEROID: 9.0})])
    x, y, weight = images.batch(400, np.random.default_rng(3))
    assert (x.shape, x.dtype, weight.tolist()) == ((400, 144, 144, 1), np.float32, [1.0] * 400)
    assert (y[:, 2].max(), x.min() >= 0, x.max() <= 1) == (0, True, True)


def test_a_turn_keeps_the_midpoint_within_the_shift():
    image = np.zeros((157, 157), np.float16)
    image[78, 78] = 10
    places = [np.argwhere(turned(image, np.random.default_rng(seed)) == 10)[0] for seed in range(40)]
    assert np.abs(np.array(places) - 71.5).max() <= 4.5


def test_noise_makes_sources_fainter_and_leaves_the_sky_as_it_was():
    z = np.random.default_rng(4).standard_normal((144, 144), np.float32)
    z[72] += 5
    noisy = fainter(z, 0.7, np.random.default_rng(5))
    assert noisy[:70].std() == pytest.approx(1, abs=0.03)
    assert noisy[72].mean() == pytest.approx(5 / np.hypot(1, 0.7), abs=0.3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("epoch = 3", r"unknown \['epoch'\], missing \['cutouts', 'manifest', 'name'"),
        ("name = 'a'\nmanifest = 'm'\ncutouts = 'c'\nepochs = 1\nimages_per_epoch = 64", "two batches at least"),
        ("name", "Expected '='"),
        ("name = 'a'\nmanifest = 'm'\ncutouts = 'c'\nnetworks = 2", "expected split = false with"),
        ("name = 'a'\nmanifest = 'm'\ncutouts = 'c'\nprecision = 'int8'", "precision among .*, but came 'int8'"),
        ("name = 'a'\nmanifest = 'm'\ncutouts = 'c'\nsplit = false\nviews = 3", "views of 1, 2, 4, but came 3"),
        ("name = 'a'\nmanifest = 'm'\ncutouts = 'c'\nnamed_folds = [['1'], ['2', '1']]", "each group once"),
        ("name = 'a'\nmanifest = 'm'\ncutouts = 'c'\nreal = {comet = 1}", r"classes of asteroid, .* in \[real\]"),
        ("name = 'a'\nmanifest = 'm'\ncutouts = 'c'\ninjected = {ghost = 1}", r"cosmic_ray in \[injected\]"),
        ("name = 'a'\nmanifest = 'm'\ncutouts = 'c'\nsimulation = {skies = 1}", r"not \['skies'\]"),
    ],
)
def test_a_configuration_that_cannot_be_used_says_why(tmp_path, text, expected):
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=expected):
        TrainConfig.from_toml(path)


def test_the_shipped_configuration_is_read():
    config = TrainConfig.from_toml(Path(scoring.__file__).parent / "configs" / "vgg6.toml")
    assert config.named_folds == (("42",), ("46",), ("37",))
    assert sum([*config.real.values(), *config.injected.values(), *config.simulated.values()]) == pytest.approx(
        1, abs=0.1
    )


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    ("architecture", "choices", "members"),
    [
        ("vgg6", "split = true", ("tiny_rb", "tiny_sl", "tiny_kd")),
        (
            "compact",
            "split = false\nfine_classes = true\nviews = 2\nnetworks = 2\nmetadata = true",
            ("tiny",),
        ),
    ],
)
def test_a_labelled_folder_becomes_an_ensemble_that_scores(labelled_folder, streak, architecture, choices, members):
    pytest.importorskip("keras", reason="training needs the extra 'train'")
    from scoring.__main__ import main
    from scoring.inference import Ensemble

    config = labelled_folder / "tiny.toml"
    config.write_text(
        f'name = "tiny"\narchitecture = "{architecture}"\n{choices}\nmanifest = "{labelled_folder}/truth.csv"\n'
        f'cutouts = "{labelled_folder}/cutouts"\nnamed_folds = [["0"]]\nepochs = 1\nimages_per_epoch = 32\n'
        "batch_size = 16\n[real]\nasteroid = 1\nblank = 1\nlong_trail = 1\n[injected]\nasteroid = 1\ncosmic_ray = 1\n"
    )
    assert main(["train", str(config), "--out", str(labelled_folder / "run")]) == 0
    ensemble = Ensemble.load(labelled_folder / "run" / "bundles")
    assert ensemble.members == members
    scores = ensemble.score([streak])[0]
    assert 0 <= scores.p_asteroid <= 1
    assert sum(scores.classes.values()) == pytest.approx(1 if architecture == "compact" else 0, abs=1e-3)


@pytest.mark.filterwarnings("default")
def test_folds_begin_with_what_simulated_cutouts_or_a_named_file_taught(labelled_folder, tmp_path):
    keras = pytest.importorskip("keras", reason="training needs the extra 'train'")
    from scoring.architectures import ARCHITECTURES
    from scoring.training import first_weights

    text = f'name = "tiny"\narchitecture = "compact"\nmanifest = "{labelled_folder}/truth.csv"\ncutouts = "c"\n'
    text += "epochs = 1\npretraining = 1\nimages_per_epoch = 32\nbatch_size = 16\n"
    config = tmp_path / "tiny.toml"
    config.write_text(text)
    learnt = first_weights(TrainConfig.from_toml(config), tmp_path)
    assert learnt == tmp_path / "pretrained.weights.h5"
    config.write_text(text.replace("pretraining = 1", f'initial = "{learnt}"'))
    assert first_weights(TrainConfig.from_toml(config), tmp_path) == learnt

    from scoring.fitting import begin_with

    taught, begun = ARCHITECTURES["compact"](3), ARCHITECTURES["compact"](1)
    taught.load_weights(learnt)
    begin_with(begun, "compact", learnt)
    kernels = [keras.ops.convert_to_numpy(network.get_layer("conv2").kernel) for network in (taught, begun)]
    assert np.array_equal(*kernels)
    with pytest.raises(ValueError, match="expected weights of vgg6"):
        begin_with(ARCHITECTURES["vgg6"](3), "vgg6", learnt)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    ("flags", "expected"), [("fpu avx512f avx512_bf16", True), ("fpu avx2 avx512f", False), (None, False)]
)
def test_bfloat16_is_computed_in_only_where_the_processor_has_it(tmp_path, flags, expected):
    pytest.importorskip("keras", reason="training needs the extra 'train'")
    from scoring.fitting import has_bfloat16

    processor = tmp_path / "cpuinfo"
    if flags:
        processor.write_text(f"processor : 0\nflags : {flags}\n")
    assert has_bfloat16(processor) is expected
