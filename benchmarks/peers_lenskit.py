"""Item neighbours and ALS of LensKit (Ekstrand 2020, doi:10.1145/3340531.3412778), in its own environment."""

from benchmarks.peers_beside import Package
from benchmarks.peers_implicit import FACTORS, SWEEPS

LENSKIT = Package(
    "lenskit",
    ("lenskit>=2025.8,<2026", "torch<2.14"),  # the cap picks torch's processor build where one is offered
    "lenskit_side.py",
    {  # twelve settings each
        "item-knn": {"max_nbrs": (20, 50, 200), "save_nbrs": (100, 500), "min_sim": (1e-6, 0.05)},
        "als": {"weight": (4.0, 10.0, 40.0), "regularization": (0.1, 1.0, 10.0, 100.0)},
    },
    {"als": {"embedding_size": FACTORS, "epochs": SWEEPS}},
)
