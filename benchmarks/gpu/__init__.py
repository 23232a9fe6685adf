"""Training on a GPU: the cases' networks in float32 and in bfloat16, against PyTorch on the same card."""
