"""Each library's way to train a network, in its best settings."""
