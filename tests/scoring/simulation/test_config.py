import dataclasses
import tomllib

import pytest

from scoring.simulation import SimulationConfig


def test_a_toml_file_changes_what_it_names_and_nothing_else():
    config = SimulationConfig.from_mapping(tomllib.loads("[asteroids]\nlongest = 66.0\n[sky]\nstep = [0.1, 0.2]"))
    assert (config.asteroids.longest, config.sky.step) == (66.0, (0.1, 0.2))
    assert config.ghosts == SimulationConfig().ghosts


def test_a_nested_distribution_can_be_changed_in_part():
    config = SimulationConfig.from_mapping({"optics": {"sigma": {"median": 1.3}}})
    assert (config.optics.sigma.median, config.optics.sigma.spread) == (1.3, 0.18)


def test_an_unknown_name_is_refused_by_name():
    with pytest.raises(ValueError, match=r"asteroids.*lenght"):
        SimulationConfig.from_mapping({"asteroids": {"lenght": 3}})


def test_a_configuration_cannot_be_changed_in_place():
    with pytest.raises(dataclasses.FrozenInstanceError):
        SimulationConfig().asteroids.longest = 3
