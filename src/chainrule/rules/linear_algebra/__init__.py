"""Linear algebra: elimination, the spaces of a matrix, determinants, eigenvalues, cosines."""
