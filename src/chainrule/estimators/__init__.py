"""Networks as scikit-learn's estimators: for its pipelines, grid searches and cross-validation."""

from chainrule.estimators.classifier import NetworkClassifier
from chainrule.estimators.regressor import NetworkRegressor

__all__ = ["NetworkClassifier", "NetworkRegressor"]
