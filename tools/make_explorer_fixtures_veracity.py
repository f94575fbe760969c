"""Writes tests/fixtures/explorer_veracity.json: dispersions by scikit-learn, NumPy and SciPy.

Run it from the repository's root: python tools/make_explorer_fixtures_veracity.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.stats import rankdata, spearmanr
from sklearn.neighbors import NearestNeighbors

N, LATENTS, LENGTH, K = 80, 3, 10, 6
LOW, HIGH = -2.0, 6.0


def main() -> None:
    random = np.random.default_rng(11)
    latents = random.normal(size=(N, LATENTS)).astype("f4")
    curved = np.sin(latents @ random.normal(size=(LATENTS, LENGTH)))
    features = (2 + 3 * curved + random.normal(0, 0.3, (N, LENGTH))).astype("f4")
    near = NearestNeighbors(n_neighbors=K + 1).fit(latents.astype("f8"))
    others = near.kneighbors(latents.astype("f8"), return_distance=False)[:, 1:]
    unit = (features.astype("f8") - LOW) / (HIGH - LOW)
    whole = [np.sqrt(v.var(axis=0).sum()) for v in (unit, latents.astype("f8"))]
    feature = np.sqrt(unit[others].var(axis=1).sum(axis=1)) / whole[0]
    latent = np.sqrt(latents.astype("f8")[others].var(axis=1).sum(axis=1)) / whole[1]
    tied = random.integers(0, 6, 40)
    fixture = {
        "n": N,
        "latentDims": LATENTS,
        "length": LENGTH,
        "k": K,
        "range": {"min": LOW, "max": HIGH},
        "latents": latents.ravel().tolist(),
        "features": features.ravel().tolist(),
        "neighbours": others.ravel().tolist(),
        "feature": feature.tolist(),
        "latent": latent.tolist(),
        "wholeFeature": float(whole[0]),
        "wholeLatent": float(whole[1]),
        "correlation": float(spearmanr(feature, latent).statistic),
        "tied": tied.tolist(),
        "ranks": rankdata(tied).tolist(),
        "tiedCorrelation": float(spearmanr(tied, latent[:40]).statistic),
    }
    path = Path(__file__).parent.parent / "tests/fixtures/explorer_veracity.json"
    path.write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
