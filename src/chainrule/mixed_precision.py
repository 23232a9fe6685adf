"""Mixed precision, by the names of ``keras.mixed_precision``: what models compute in.

>>> from chainrule import mixed_precision
>>> mixed_precision.set_global_policy("mixed_bfloat16")
>>> mixed_precision.global_policy()
'mixed_bfloat16'
>>> mixed_precision.set_global_policy("float32")
"""

from __future__ import annotations

from chainrule.config import dtype_policy, set_dtype_policy
from chainrule.config import dtype_policy as global_policy
from chainrule.config import set_dtype_policy as set_global_policy

__all__ = ["dtype_policy", "global_policy", "set_dtype_policy", "set_global_policy"]
