"""Item neighbours and BPR of RecBole (Zhao et al. 2021, doi:10.1145/3459637.3482016), in its own environment."""

from benchmarks.peers_beside import Package
from benchmarks.peers_implicit import FACTORS

RECBOLE = Package(
    "recbole",
    (
        "recbole>=1.2.1,<2",
        "numpy<2",
        "pandas<3",
        "scipy<1.14",
        "setuptools<81",
        "torch<2.14",
    ),  # it asks numpy for names that 2 lacks
    "recbole_side.py",
    {  # twelve settings each; its BPR takes a minute an epoch-dozen, so its courses are shorter than implicit's
        "item-knn": {"k": (20, 50, 100, 200), "shrink": (0.0, 10.0, 50.0)},
        "bpr": {"learning_rate": (0.001, 0.003, 0.01), "weight_decay": (0.0, 1e-5), "epochs": (5, 20)},
    },
    {"bpr": {"embedding_size": FACTORS}},
)
