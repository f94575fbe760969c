"""Measures of a prediction's error, one number a window.

`relative` is the formula in the published code of the method's authors; p is the prediction
and t the target, both on the model's [0, 1] scale, and the means run over the channels
(im2spec) or over the window's pixels (spec2im).
"""

from __future__ import annotations

import numpy as np

METRICS = ("relative", "rmse", "mse", "mse_raw")


def to_unit_scale(values, limits):
    """Put data on the [0, 1] scale of training and errors.

    Parameters
    ----------
    values : array of float, in data units
    limits : (min, max)
        In the same units. Where both are equal the data are constant and the range is taken
        as 1, so that they become 0.

    Returns
    -------
    array of float64
    """
    low, high = limits
    return (np.asarray(values, dtype=np.float64) - low) / ((high - low) or 1.0)


def window_errors(predictions, targets, limits, metric="relative"):
    """Error of every prediction.

    Parameters
    ----------
    predictions, targets : (n, ...) array of float, in data units
    limits : (min, max)
        The model's scaling of the targets, in data units.
    metric : "relative", "rmse", "mse" or "mse_raw"
        relative: sqrt(mean((p - t)^2) / mean((p + t)^2)), a fraction, 0 where both are 0;
        rmse: sqrt(mean((p - t)^2)), a fraction of full scale; mse: its square; mse_raw: the
        mean square in the squared units of the data.

    Returns
    -------
    (n,) array of float64
    """
    if metric not in METRICS:
        raise ValueError(f"metric is {metric!r}; allowed: {', '.join(map(repr, METRICS))}")
    n = len(predictions)
    size = int(np.prod(np.shape(predictions)[1:]))
    out = np.empty(n, dtype=np.float64)
    # In pieces, because the float64 copies of a whole cube may not fit.
    step = max(1, 2_000_000 // max(1, size))
    for start in range(0, n, step):
        part = slice(start, start + step)
        p = np.asarray(predictions[part], dtype=np.float64).reshape(-1, size)
        t = np.asarray(targets[part], dtype=np.float64).reshape(-1, size)
        if metric != "mse_raw":
            p, t = to_unit_scale(p, limits), to_unit_scale(t, limits)
        mse = np.mean((p - t) ** 2, axis=1)
        if metric == "rmse":
            out[part] = np.sqrt(mse)
        elif metric == "relative":
            scale = np.mean((p + t) ** 2, axis=1)
            with np.errstate(divide="ignore", invalid="ignore"):
                out[part] = np.where((mse == 0) & (scale == 0), 0.0, np.sqrt(mse / scale))
        else:
            out[part] = mse
    return out
