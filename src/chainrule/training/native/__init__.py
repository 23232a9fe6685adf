"""Machine code for what XLA does slowly on a CPU, written for the sizes at hand when a program is made."""
