"""Programs that a test runs once."""

import jax


def quickly(function):
    """``jax.jit`` with few of LLVM's optimizations, which take longer than they save in one run.

    Without any (level 0), XLA of jaxlib 0.10 gave a softmax's gradient NaN where levels 1 to 3 and
    eager JAX give numbers.
    """
    return jax.jit(function, compiler_options={"xla_backend_optimization_level": 1})
