#pragma once

namespace sagbench {

// pinv(matrix) * rhs of a symmetric positive semi-definite matrix [N, N], N <= 8, as numpy's pinv
// has it (eigenvalues up to 1e-15 of the largest count as zero): by Cholesky where that is
// possible, else by Jacobi's eigenvalue iteration. Works in place: rhs [count, N] becomes the
// solutions.
void SolveSymmetric(const double* matrix, int size, double* rhs, int count = 1);

}  // namespace sagbench
