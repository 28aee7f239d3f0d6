"""`np.linalg`: norms, equations, singular values and eigenvalues, of small matrices."""

import math

from . import ufuncs
from .core import RANKED, asarray, complex128, float64, lacks, ndarray
from .functions import _lines, array, dot, eye, matmul, real

EPSILON = 2.220446049250313e-16


class LinAlgError(ValueError):
    pass


def norm(x, ord=None, axis=None, keepdims=False):
    x = asarray(x)
    if ord not in (None, 2, "fro") or (ord == 2 and axis is None and len(x.shape) > 1):
        if ord == 2 and len(x.shape) == 2:
            return svd(x, compute_uv=False)[0]
        raise lacks(f"a norm with ord={ord!r}")
    if x.dtype is complex128:
        x = ufuncs.absolute(x)
    return ufuncs.sqrt(ufuncs.sum(ufuncs.multiply(x, x), axis=axis, keepdims=keepdims))


def _square(a):
    a = asarray(a)
    if len(a.shape) != 2 or a.shape[0] != a.shape[1]:
        raise LinAlgError("Last 2 dimensions of the array must be square")
    return a if a.dtype.rank > 1 else a.astype(float64)


def _eliminated(a, b):
    """Rows of a and b after elimination with pivots, and the determinant of a."""
    rows, right, sign = _lines(a), _lines(b), 1.0
    n = len(rows)
    rows, right = [list(row) for row in rows], [list(row) for row in right]
    for k in range(n):
        pivot = k
        for i in range(k + 1, n):
            if abs(rows[i][k]) > abs(rows[pivot][k]):
                pivot = i
        if rows[pivot][k] == 0:
            return rows, right, 0.0
        if pivot != k:
            rows[k], rows[pivot] = rows[pivot], rows[k]
            right[k], right[pivot] = right[pivot], right[k]
            sign = -sign
        top, other = rows[k], right[k]
        for i in range(k + 1, n):
            row, factor = rows[i], rows[i][k] / top[k]
            if factor != 0:
                for j in range(k, n):
                    row[j] -= factor * top[j]
                row = right[i]
                for j in range(len(row)):
                    row[j] -= factor * other[j]
    for k in range(n):
        sign = sign * rows[k][k]
    return rows, right, sign


def solve(a, b):
    a, b = _square(a), asarray(b)
    n = a.shape[0]
    if b.shape[:1] != (n,):
        raise ValueError("solve: the sides have different numbers of rows")
    kind = RANKED[int(max(a.dtype.rank, b.dtype.rank))]
    columns = b.astype(kind, copy=False)
    columns = columns if len(b.shape) == 2 else columns.reshape((n, 1))
    rows, right, det = _eliminated(a.astype(kind, copy=False), columns)
    if det == 0 and n:
        raise LinAlgError("Singular matrix")
    for k in range(n - 1, -1, -1):
        for j in range(len(right[k])):
            total = right[k][j]
            for i in range(k + 1, n):
                total -= rows[k][i] * right[i][j]
            right[k][j] = total / rows[k][k]
    return ndarray([v for row in right for v in row], b.shape, kind)


def inv(a):
    a = _square(a)
    return solve(a, eye(a.shape[0]))


def det(a):
    a = _square(a)
    return _eliminated(a, eye(a.shape[0], dtype=a.dtype))[2]


def matrix_power(a, n):
    a = asarray(a)
    _square(a)
    if n < 0:
        return matrix_power(inv(a), -n)
    found = eye(a.shape[0], dtype=a.dtype)
    for _ in range(n):
        found = matmul(found, a)
    return found


# ── singular values, by rotations of pairs of columns (Jacobi) ─────────────────────────────────
def svd(a, full_matrices=True, compute_uv=True):
    a = asarray(a, float64)
    if compute_uv and full_matrices and a.shape[0] != a.shape[1]:
        raise lacks("np.linalg.svd with full matrices")
    if a.shape[0] < a.shape[1]:
        v, s, u = _svd(a.T)
        return (u.T, s, v.T) if compute_uv else s
    u, s, v = _svd(a)
    return (u, s, v) if compute_uv else s


def _svd(a):
    columns, n = [list(c) for c in _lines(a.T)], a.shape[1]
    turns = _lines(eye(n))
    for _ in range(60):
        turned = False
        for p in range(n - 1):
            for q in range(p + 1, n):
                turned = _rotate(columns, turns, p, q) or turned
        if not turned:
            break
    sizes = [math.sqrt(_inner(c, c)) for c in columns]
    order = sorted(range(n), key=lambda i: -sizes[i])
    u = [[v / (sizes[i] or 1.0) for v in columns[i]] for i in order]
    return asarray(u).T, asarray([sizes[i] for i in order]), asarray([turns[i] for i in order])


def _inner(p, q):
    total = 0.0
    for i in range(len(p)):
        total += p[i] * q[i]
    return total


def _rotate(columns, turns, p, q):
    a, b, c = (
        _inner(columns[p], columns[p]),
        _inner(columns[q], columns[q]),
        _inner(columns[p], columns[q]),
    )
    if abs(c) <= EPSILON * math.sqrt(a * b):
        return False
    z = (b - a) / (2 * c)
    t = (1.0 if z >= 0 else -1.0) / (abs(z) + math.sqrt(1 + z * z))
    cos = 1 / math.sqrt(1 + t * t)
    sin = cos * t
    for lines in (columns, turns):
        one, other = lines[p], lines[q]
        lines[p] = [cos * one[i] - sin * other[i] for i in range(len(one))]
        lines[q] = [sin * one[i] + cos * other[i] for i in range(len(one))]
    return True


def cond(a):
    s = svd(a, compute_uv=False)
    return ufuncs.divide(s[0], s[-1])


def matrix_rank(a, tol=None):
    a = asarray(a)
    s = svd(a, compute_uv=False)
    limit = s[0] * max(a.shape) * EPSILON if tol is None else tol
    return len([v for v in s if v > limit])


def pinv(a, rcond=1e-15):
    a = asarray(a)
    u, s, v = svd(a, full_matrices=False)
    upside = asarray([1 / one if one > rcond * s[0] else 0.0 for one in s])
    return matmul(ufuncs.multiply(v.T, upside), u.T)


def lstsq(a, b, rcond=None):
    a, b = asarray(a), asarray(b)
    if rcond is None:
        rcond = EPSILON * max(a.shape)
    u, s, v = svd(a, full_matrices=False)
    kept = [one > rcond * s[0] for one in s]
    upside = asarray([1 / s[i] if kept[i] else 0.0 for i in range(len(kept))])
    x = dot(ufuncs.multiply(v.T, upside), dot(u.T, b))
    left = ufuncs.subtract(b, dot(a, x))
    rank = len([one for one in kept if one])
    full = rank == a.shape[1] < a.shape[0]
    squares = ufuncs.sum(ufuncs.multiply(left, left), axis=0)
    return x, asarray(squares).reshape((-1,)) if full else array([], float), rank, s


# ── eigenvalues, by QR steps with shifts on a Hessenberg matrix ────────────────────────────────
def eigvals(a):
    a = _square(a)
    if a.dtype is complex128:
        raise lacks("np.linalg.eigvals of complex numbers")
    H = _hessenberg([list(row) for row in _lines(a)])
    H = [[complex(v) for v in row] for row in H]
    found, n, steps = [], len(H), 0
    size = sum([abs(v) for row in H for v in row]) or 1.0
    while n:
        low = n - 1
        while low and abs(H[low][low - 1]) > EPSILON * (
            abs(H[low][low]) + abs(H[low - 1][low - 1]) or size
        ):
            low -= 1
        if low == n - 1:
            found.append(H[low][low])
            n, steps = n - 1, 0
            continue
        steps += 1
        if steps > 300:
            raise LinAlgError("Eigenvalues did not converge")
        _qr_step(H, low, n, _shift(H, n, steps))
    found = _paired(found, size)
    if all([v.imag == 0 for v in found]):
        return asarray([v.real for v in found])
    return asarray(found)


def _paired(values, size):
    """Eigenvalues of a real matrix: real, or in conjugate pairs, whatever the rounding left."""
    return [complex(v.real) if abs(v.imag) <= 1e-13 * size else v for v in values]


def _hessenberg(H):
    n = len(H)
    for k in range(n - 2):
        for i in range(k + 2, n):
            x, y = H[k + 1][k], H[i][k]
            size = math.sqrt(x * x + y * y)
            if y == 0:
                continue
            c, s = x / size, y / size
            for j in range(n):
                H[k + 1][j], H[i][j] = c * H[k + 1][j] + s * H[i][j], c * H[i][j] - s * H[k + 1][j]
            for row in H:
                row[k + 1], row[i] = c * row[k + 1] + s * row[i], c * row[i] - s * row[k + 1]
    return H


def _shift(H, n, steps):
    """The eigenvalue of the last two rows that is nearer to the last entry."""
    a, b, c, d = H[n - 2][n - 2], H[n - 2][n - 1], H[n - 1][n - 2], H[n - 1][n - 1]
    if steps % 11 == 10:
        return d + abs(c)
    half = (a - d) / 2
    root = ufuncs._sqrt(half * half + b * c)
    one, other = (a + d) / 2 + root, (a + d) / 2 - root
    return one if abs(one - d) < abs(other - d) else other


def _qr_step(H, low, n, shift):
    turns = []
    for i in range(low, n):
        H[i][i] -= shift
    for k in range(low, n - 1):
        x, y = H[k][k], H[k + 1][k]
        size = math.sqrt(abs(x) ** 2 + abs(y) ** 2)
        c, s = (x / size, y / size) if size else (1 + 0j, 0j)
        cc, ss = complex(c.real, -c.imag), complex(s.real, -s.imag)
        up, down = H[k], H[k + 1]
        for j in range(k, n):
            up[j], down[j] = cc * up[j] + ss * down[j], c * down[j] - s * up[j]
        turns.append((c, s, cc, ss))
    for k in range(low, n - 1):
        c, s, cc, ss = turns[k - low]
        for i in range(low, min(k + 2, n - 1) + 1):
            row = H[i]
            row[k], row[k + 1] = row[k] * c + row[k + 1] * s, row[k + 1] * cc - row[k] * ss
    for i in range(low, n):
        H[i][i] += shift


def eigvalsh(a):
    a = _square(a)
    return asarray(sorted(real(eigvals(a)).entries()))
