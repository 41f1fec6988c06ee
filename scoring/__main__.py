"""Command line: ``python -m scoring score PATH`` and ``python -m scoring train CONFIG.toml``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from scoring.inference import SHIPPED


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        message: str = options.run(options)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except Exception as error:
        if options.traceback:
            raise
        print(f"error: {_text(error)}", file=sys.stderr)
        return 1
    print(message)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scoring", description="Score streak cutouts, and train networks.")
    parser.add_argument("--traceback", action="store_true", help="show where an error came from")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    score = commands.add_parser("score", help="score cutouts and write a CSV")
    score.add_argument("path", type=Path, help="an IPAC night, packets, or a folder of JPEG, PNG or FITS cutouts")
    score.add_argument("--out", type=Path, required=True, help="CSV to write")
    score.add_argument("--models", type=Path, default=SHIPPED, help="ensemble to use (default: the shipped one)")
    score.add_argument("--threads", type=int, default=2, help="threads that score at once (default: 2)")
    score.set_defaults(run=_score)

    _add_making(commands)

    simulate = commands.add_parser("simulate", help="write a folder of labelled simulated cutouts")
    simulate.add_argument("config", type=Path, help="TOML configuration, such as scoring/configs/simulate.toml")
    simulate.add_argument("--out", type=Path, required=True, help="folder to make")
    simulate.set_defaults(run=_simulate)

    _add_judging(commands)
    return parser


def _add_making(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands that make ensembles."""
    train = commands.add_parser("train", help="train networks and make bundles of them (needs the extra 'train')")
    train.add_argument("config", type=Path, help="TOML configuration, such as scoring/configs/vgg6.toml")
    train.add_argument(
        "--out", type=Path, help="folder for weights, scores and bundles; resumes there (default: var/training/CONFIG)"
    )
    train.set_defaults(run=_train)

    compress = commands.add_parser("compress", help="measure and make smaller networks (needs the extra 'train')")
    compress.add_argument("folder", type=Path, metavar="RUN", help="folder that train has written")
    compress.add_argument("--out", type=Path, help="folder for table and bundles (default: RUN/compressed)")
    compress.add_argument("--recipe", help="recipe of the bundles (default: the smallest that keeps the accuracy)")
    compress.add_argument(
        "--only", action="append", metavar="RECIPE", help="measure this recipe, and others so named, alone"
    )
    compress.add_argument(
        "--steps", type=int, default=0, help="batches that pruned networks learn from again (default: 0)"
    )
    compress.set_defaults(run=_compress)

    join = commands.add_parser("join", help="make one ensemble of several runs")
    join.add_argument(
        "folders", type=Path, nargs="+", metavar="RUN", help="folder that train, and compress, have written"
    )
    join.add_argument("--name", required=True, help="name of the ensemble")
    join.add_argument("--out", type=Path, required=True, help="folder for the ensemble")
    join.set_defaults(run=_join)


def _add_judging(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands that state how good something is."""
    evaluate = commands.add_parser("evaluate", help="state how good an ensemble is on labelled cutouts")
    evaluate.add_argument("ensemble", type=Path, help="folder of the ensemble, such as scoring/models/compact")
    evaluate.add_argument("--truth", type=Path, required=True, help="labels: a CSV with cutout, label and group")
    evaluate.add_argument("--cutouts", type=Path, required=True, help="nights or cutouts that the labels are of")
    evaluate.add_argument("--out", type=Path, required=True, help="folder for evaluation.json and model-card.md")
    evaluate.add_argument(
        "--oof",
        action="append",
        default=[],
        metavar="[MEMBER=]FILE",
        help="out-of-fold scores of the training, once for each member; without it, the cutouts are scored now",
    )
    evaluate.add_argument(
        "--baselines", action="store_true", help="measure gradient boosting beside it (needs the extra 'train')"
    )
    evaluate.set_defaults(run=_evaluate)

    compare = commands.add_parser("compare", help="put simulated and real cutouts side by side, and tell them apart")
    compare.add_argument("simulated", type=Path, help="a folder that simulate has written")
    compare.add_argument("real", type=Path, help="real nights or cutouts")
    compare.add_argument("--truth", type=Path, required=True, help="labels of the real cutouts")
    compare.add_argument("--out", type=Path, required=True, help="folder for the sheet and the figures")
    compare.set_defaults(run=_compare)


def _score(options: argparse.Namespace) -> str:
    from scoring.score_table import score_path

    if options.threads < 1:
        raise ValueError(f"expected at least one thread, but came --threads {options.threads}")
    return str(score_path(options.path, options.out, options.models, options.threads))


def _needs_keras() -> None:
    try:
        import keras  # noqa: F401
    except ImportError as error:
        raise RuntimeError("training needs TensorFlow: install the extra 'train'") from error


def _compress(options: argparse.Namespace) -> str:
    _needs_keras()
    from scoring.compression import recipes_named
    from scoring.compression_table import compress_run

    out = options.out or options.folder / "compressed"
    return compress_run(options.folder, out, options.recipe, options.steps, recipes_named(options.only))


def _join(options: argparse.Namespace) -> str:
    from scoring.joining import join

    return f"the ensemble is in {join(options.folders, options.name, options.out)}"


def _train(options: argparse.Namespace) -> str:
    _needs_keras()
    from scoring.release import release
    from scoring.train_config import TrainConfig
    from scoring.training import train

    config = TrainConfig.from_toml(options.config)
    out = options.out or Path("var", "training", options.config.stem)
    bundles = release(config, train(config, out), out / "bundles")
    return f"bundles are in {bundles}"


def _simulate(options: argparse.Namespace) -> str:
    from scoring.simulation.folder_config import FolderConfig
    from scoring.simulation.labelled_folder import write_folder

    return f"{write_folder(FolderConfig.from_toml(options.config), options.out)} cutouts are in {options.out}"


def _evaluate(options: argparse.Namespace) -> str:
    from scoring.evaluation_run import evaluate
    from scoring.model_card import headline

    if options.baselines:
        try:
            import sklearn  # noqa: F401
        except ImportError as error:
            raise RuntimeError("gradient boosting needs scikit-learn: install the extra 'train'") from error
    evaluation = evaluate(
        options.ensemble, options.truth, options.cutouts, options.out, options.oof, baselines=options.baselines
    )
    return (
        f"{headline(evaluation)}\nscores {evaluation['scores']}\nevaluation.json and model-card.md are in {options.out}"
    )


def _compare(options: argparse.Namespace) -> str:
    from scoring.simulation.comparison import compare
    from scoring.simulation.labelled_folder import TRUTH

    apart = compare((options.real, options.truth), (options.simulated, options.simulated / TRUTH), options.out)
    figures = ", ".join(f"{label} {value:.3f}" for label, value in apart.items())
    return f"AUC of telling real from simulated: {figures}; the sheet is in {options.out}"


def _text(error: Exception) -> str:
    return f"{error.strerror}: {error.filename}" if isinstance(error, OSError) and error.strerror else str(error)


if __name__ == "__main__":
    sys.exit(main())
