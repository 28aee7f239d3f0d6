"""What several chapters ask of matrices, against its definition."""

import numpy as np

from unrolled.matrices import contract, flat, spectral_radius


def test_the_spectral_radius_is_the_growth_of_the_powers():
    A = np.random.default_rng(0).standard_normal((4, 4))
    power = np.linalg.norm(np.linalg.matrix_power(A / spectral_radius(A), 4000), 2)
    assert abs(power ** (1 / 4000) - 1) <= 1e-3
    pair = np.array([[0.0, 2.0], [-2.0, 0.0]])  # of complex eigenvalues
    assert abs(spectral_radius(pair) - 2) <= 1e-14


def test_contract_sums_over_the_touching_axes_and_flat_keeps_the_order():
    rng = np.random.default_rng(0)
    left, right = rng.standard_normal((2, 3)), rng.standard_normal((3, 4, 5))
    np.testing.assert_allclose(contract(left, right), np.einsum("ij,jkl->ikl", left, right))
    np.testing.assert_array_equal(flat((np.arange(4).reshape(2, 2), np.array([4]))), np.arange(5))
