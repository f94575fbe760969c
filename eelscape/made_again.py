"""Transfer and inverse design of a recipe, over the models that were trained again."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .recipe import Recipe, weights_sha256

if TYPE_CHECKING:
    from .explorer import Explorer
    from .model import Model
    from .panel_state import PanelState


class MadeAgain:
    """Finds the models that a recipe names by their weights.

    Parameters
    ----------
    recipe : Recipe
    transfer : Model, optional
        The model of other data that the recipe applies.
    """

    def __init__(self, recipe: Recipe, transfer: Model | None) -> None:
        self._analysis = recipe.state.analysis
        self._given = transfer

    def state(self, state: PanelState, explorer: Explorer) -> PanelState:
        """The state with what can be shown again; a UserWarning says what cannot, and why."""
        analysis = {**state.settings}
        if found := self._transfer(explorer):
            analysis["transfer"] = found
        if found := self._inverse(explorer):
            analysis["inverse"] = found
        return replace(state, analysis=analysis)

    def _transfer(self, explorer: Explorer) -> dict[str, Any] | None:
        wanted = self._analysis.get("transfer")
        if wanted is None:
            return None
        again = self._repeated(explorer)
        if self._given is not None:
            explorer._line.add_applied(self._given)
            weights = weights_sha256(self._given)
            if weights != wanted["weights"]:
                _warn(
                    f"The model given as transfer has other weights (sha256 {weights[:12]}..., in "
                    f"the recipe {wanted['weights'][:12]}...): it is applied all the same."
                )
            return {**wanted, "weights": weights}
        if wanted["weights"] in again:
            return {**wanted, "weights": weights_sha256(again[wanted["weights"]].model)}
        _warn(
            "The recipe applies a model of other data, with weights of sha256 "
            f"{wanted['weights'][:12]}...: give it as replay(..., transfer=model or path). "
            "Transfer is left out."
        )
        return None

    def _inverse(self, explorer: Explorer) -> dict[str, Any] | None:
        wanted = self._analysis.get("inverse")
        if wanted is None:
            return None
        one = self._repeated(explorer).get(wanted["weights"])
        if one is None or not one.same:
            _warn(
                "The model that Inverse design searched "
                + ("is not one of the recipe" if one is None else "has other weights now")
                + ": search again. The target is in the recipe, under "
                'recipe["analyses"]["inverse"].'
            )
            return None
        return wanted

    def _repeated(self, explorer: Explorer) -> dict[str, Any]:
        return {one.record["weights_sha256"]: one for one in explorer.repeated}


def _warn(text: str) -> None:
    warnings.warn(text, UserWarning, stacklevel=6)
