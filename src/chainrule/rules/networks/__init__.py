"""What is said of a network as a whole: its parameters, its symmetries, how gradients shrink in it."""
