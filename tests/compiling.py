"""Programs that a test runs once."""

import jax


def quickly(function):
    """``jax.jit`` without LLVM's optimizations, which take longer than they save in one run."""
    return jax.jit(function, compiler_options={"xla_backend_optimization_level": 0})
