"""The networks that can be trained, where Keras is installed."""

import numpy as np
import pytest

from scoring.families import Family

keras = pytest.importorskip("keras", reason="architectures need the extra 'train'")
pytestmark = pytest.mark.filterwarnings("default")

DEEPSTREAKS = {"vgg6": 2_114_033, "resnet50": 17_386_753, "densenet121": 7_032_257}


@pytest.mark.parametrize(("name", "count"), DEEPSTREAKS.items())
def test_a_deepstreaks_network_has_as_many_parameters_as_the_original(name, count):
    from scoring.architectures import ARCHITECTURES
    from scoring.conversion import parameters

    assert parameters(ARCHITECTURES[name](1)) == count


@pytest.mark.parametrize("name", ["compact", "densenet121", "resnet50", "vgg6"])
def test_a_head_of_its_own_gives_each_family_the_same_score(name):
    from scoring.architectures import ARCHITECTURES
    from scoring.conversion import split_heads, with_scores

    build = ARCHITECTURES[name]
    network = build(len(Family))
    images = np.random.default_rng(1).random((2, 144, 144, 1), np.float32)
    together = with_scores(network).predict(images, verbose=0)
    alone = [part.predict(images, verbose=0) for part in split_heads(network, build).values()]
    assert np.concatenate(alone, axis=1) == pytest.approx(together, abs=1e-5)
