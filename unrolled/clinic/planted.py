"""Wrong gradients made on purpose: the instrument is tried on these.

Everything is written from the equations of the book, once more and slowly: a loop over the losses
t, one over the steps k, and inside it the way back from t to k.  It shares nothing with `xray` and
`patterns`, so that the two can be held against each other.
"""

import numpy as np

NUMBERS = {"window": 3, "sweep-stopped": 2, "chunks": 2, "carry-scaled": 0.5, "factor": 2.0}

SIGNAL = (
    "y-hat-alone",
    "label-mass-ignored",
    "label-by-argmax",
    "squared-error-signal",
    "softmax-diagonal",
    "off-diagonal-sign",
    "softmax-dropped",
)
FORWARD = ("h0-dropped", "bias-dropped", "bias-in-the-product")
SLOPE = (
    "no-slope",
    "slope-of-a",
    "slope-of-tanh-h",
    "inverse-slope",
    "slope-twice",
    "slope-one-step-off",
)
PLACED = ("no-slope-at-end", "no-slope-in-carry")
BACK = (
    "no-transpose-V",
    "no-transpose-W",
    "W-dropped",
    "power-outside",
    "slope-before-carry",
    "slope-on-carry-only",
)
CARRIED = ("carry-never-renewed", "signal-not-carried")
COUNTED = ("mean-over-time", "sign", "factor")
# which parts are there and how often, in a triangle of parts
PATTERNS = (
    "explicit-only",
    "last-loss-only",
    "first-step-dropped",
    "last-step-dropped",
    "first-loss-dropped",
    "last-loss-dropped",
    "sum-overwritten",
    "window",
    "sweep-stopped",
    "chunks",
    "carry-overwritten",
    "total-for-explicit",
    "carry-doubled",
    "carry-scaled",
) + COUNTED
STEPS = ("last-loss-only", "first-step-dropped", "last-step-dropped", "sum-overwritten")
OF = {
    "J_softmax": (
        "softmax-diagonal",
        "off-diagonal-sign",
        "softmax-not-normalised",
        "square-missing",
        "sign",
        "factor",
        "zero",
    ),
    "e": SIGNAL + FORWARD + STEPS + COUNTED + ("zero",),
    "dV": (
        SIGNAL
        + FORWARD
        + (
            "h-t-for-h-t-1",
            "index-wraps",
            "pre-activation-read",
            "sum-outer-sum",
            "outer-transposed",
        )
        + STEPS
        + COUNTED
        + ("zero",)
    ),
    "dc": SIGNAL + FORWARD + STEPS + COUNTED + ("zero",),
    "dW": (
        SIGNAL
        + FORWARD
        + SLOPE
        + PLACED
        + BACK
        + CARRIED
        + (
            "h-t-for-h-t-1",
            "index-wraps",
            "pre-activation-read",
            "sum-outer-sum",
            "outer-transposed",
        )
        + PATTERNS
        + ("zero",)
    ),
    "dU": (
        SIGNAL
        + FORWARD
        + SLOPE
        + PLACED
        + BACK
        + CARRIED
        + (
            "x-one-step-off",
            "index-wraps",
            "sum-outer-sum",
            "outer-transposed",
        )
        + PATTERNS
        + ("zero",)
    ),
    "db": SIGNAL + FORWARD + SLOPE + PLACED + BACK + CARRIED + PATTERNS + ("zero",),
    "dh0": (
        SIGNAL
        + FORWARD
        + SLOPE
        + BACK
        + (
            "no-slope-at-h0",
            "no-W-at-h0",
            "h1-for-h0",
            "last-loss-only",
            "first-loss-dropped",
            "last-loss-dropped",
        )
        + COUNTED
        + ("zero",)
    ),
}


def names(of: str) -> tuple[str, ...]:
    """The slips that can be made in one gradient, patterns in time included."""
    return OF[of]


def planted(
    of, slip=None, pattern=None, *, n=None, activation="tanh", window=None, loss=None, step=None
):
    """An answer with the slips that are named, none for the exact gradient.

    n           the number of a slip that has one (a length, a factor); `NUMBERS` if None
    activation  "tanh", or "relu" for a network with that in its place
    window      the truncation of the exact gradient; the slip "not-truncated" leaves it out
    loss        the only loss that counts, all if None; the slip "every-loss" leaves this out
    step        what W, U or b adds at this one step alone, counted from the last if negative
    Returns answer(params, x, y, h0), as `diagnose` calls it; x may be (T, D) or (T, B, D).
    """
    made = {slip, pattern} - {None}

    def numbered(name):
        return NUMBERS[name] if n is None else n

    if of == "J_softmax":
        return lambda z: _softmax_jacobian(z, made, numbered)

    asked = {"activation": activation, "window": window, "loss": loss, "step": step}

    def answer(params, x, y, h0):
        if x.ndim == 2:
            return _one(of, made, numbered, asked, params, x, y, h0)
        B = x.shape[1]
        total = 0.0
        for i in range(B):
            one = (params, x[:, i], y[:, i], h0[i])
            total = total + _one(of, made, numbered, asked, *one)
        return total if "batch-summed" in made else total / B

    return answer


def _one(of, made, numbered, asked, params, x, y, h0):
    """One sequence."""
    found = parts(of, made, params, x, y, h0, asked["activation"])
    return np.tensordot(times(of, made, len(x), numbered, **asked), found, 1)


def places(of, T):
    """[(t, k), …]: the loss and the step of each part; k is t where there is one a step."""
    ks = {"e": lambda t: [t], "dV": lambda t: [t], "dc": lambda t: [t], "dh0": lambda t: [0]}
    ks = ks.get(of, lambda t: range(1, t + 1))
    return [(t, k) for t in range(1, T + 1) for k in ks(t)]


def parts(of, made, params, x, y, h0, activation="tanh"):
    """The parts of one sequence's gradient, one for each of `places`, each built with the slips
    `made`; those in time, which only count the parts, change nothing here."""
    a, h, e = _forward(made, activation, params, x, y, h0)
    found = []
    for t, k in places(of, len(x)):
        if of == "e":
            part = np.array([e[t] if row == t else 0 * e[t] for row in range(1, len(x) + 1)])
        elif of == "dc":
            part = e[t]
        elif of == "dV":
            part = np.outer(e[t], _read_by_v(made, a, h, t))
        else:
            da = _signal_at(made, activation, params, a, h, e, t, k)
            if of == "dW":
                part = np.outer(da, _read_by_w(made, a, h, k))
            elif of == "dU":
                part = np.outer(da, _read_by_u(made, x, k))
            else:
                part = da
        found.append(part.T if "outer-transposed" in made else part)
    return np.array(found)


def times(of, made, T, numbered=NUMBERS.get, window=None, loss=None, step=None, activation=None):
    """How often each of the parts is counted, with the slips `made`."""
    found = []
    for t, k in places(of, T):
        one = _times(of, made, numbered, window, loss, t, k, T)
        if step is not None and k != (step if step > 0 else T + 1 + step):
            one = 0.0
        found.append(one)
    return np.array(found)


def _forward(made, activation, params, x, y, h0):
    """Lists of a_t, h_t and e_t, indexed by t; what does not exist is None."""
    U, W, V, b, c = params
    a, h, e = [None], [0 * h0 if "h0-dropped" in made else h0], [None]
    for t in range(1, len(x) + 1):
        if "bias-in-the-product" in made:
            a.append(U @ x[t - 1] + W @ (h[t - 1] + b))
        elif "bias-dropped" in made:
            a.append(U @ x[t - 1] + W @ h[t - 1])
        else:
            a.append(U @ x[t - 1] + W @ h[t - 1] + b)
        h.append(np.tanh(a[t]) if activation == "tanh" else np.where(a[t] > 0, a[t], 0.0))
        exp_z = np.exp(V @ h[t] + c)
        e.append(_e(made, exp_z / np.sum(exp_z), y[t - 1]))
    return a, h, e


def _e(made, y_hat, y):
    """∂L_t/∂z_t, from the Jacobian of the softmax and ∂L_t/∂ŷ_t = −y/ŷ."""
    if "y-hat-alone" in made:
        return y_hat
    if "label-mass-ignored" in made:
        return y_hat - y
    if "label-by-argmax" in made:
        return np.array([y_hat[i] - (i == np.argmax(y)) for i in range(len(y))])
    if "softmax-dropped" in made:
        return -y / y_hat
    J = np.zeros((len(y), len(y)))
    for i in range(len(y)):
        for j in range(len(y)):
            if i == j:
                J[i, j] = y_hat[i] * (1 - y_hat[i])
            elif "off-diagonal-sign" in made:
                J[i, j] = y_hat[i] * y_hat[j]
            elif "softmax-diagonal" not in made:
                J[i, j] = -y_hat[i] * y_hat[j]
    return J @ (y_hat - y if "squared-error-signal" in made else -y / y_hat)


def _signal_at(made, activation, params, a, h, e, t, k):
    """∂L_t/∂a_k by the steps t, t − 1, …, k; for k = 0 it is ∂L_t/∂h_0."""
    _, W, V, _, _ = params
    back = W if "no-transpose-W" in made else np.eye(len(W)) if "W-dropped" in made else W.T
    g = V @ e[t] if "no-transpose-V" in made else V.T @ e[t]
    if "carry-never-renewed" in made and k < t:
        # computed at the last step, so the other losses have none
        g = back @ (_slope(made, activation, a, h, t, "in the carry") * g) * (t == len(h) - 1)
    elif "slope-before-carry" in made and k < t:
        g = _slope(made, activation, a, h, t, "in the carry") * g
        for _ in range(t, k, -1):
            g = back @ g
        return g
    elif "slope-on-carry-only" in made:
        for j in range(t - 1, k - 1, -1):
            g = back @ g
            if j > k:
                g = _slope(made, activation, a, h, j, "in the carry") * g
        if k == t:
            return g
    elif "power-outside" in made:
        slopes = np.ones(len(W))
        for j in range(t, k, -1):
            slopes = slopes * _slope(made, activation, a, h, j, "in the carry")
            g = back @ g
        g = slopes * g
    else:
        for j in range(t, k, -1):
            if j == 1 and "h1-for-h0" in made:
                return g
            if j > 1 or "no-slope-at-h0" not in made:
                g = _slope(made, activation, a, h, j, "in the carry") * g
            if j > 1 or "no-W-at-h0" not in made:
                g = back @ g
    return g if k == 0 else _slope(made, activation, a, h, k, "at the end") * g


def _slope(made, activation, a, h, k, place):
    """The slope at step k, used `place`."""
    missing = "no-slope-at-end" if place == "at the end" else "no-slope-in-carry"
    if "no-slope" in made or missing in made:
        return np.ones(len(h[k]))
    if "slope-one-step-off" in made:
        k = k - 1
    if "slope-of-a" in made:
        return 1 - a[k] ** 2
    if "slope-of-tanh-h" in made:
        return 1 - np.tanh(h[k]) ** 2
    if "slope-of-tanh" in made:
        return 1 - np.tanh(a[k]) ** 2
    slope = 1 - h[k] ** 2 if activation == "tanh" else np.where(h[k] > 0, 1.0, 0.0)
    if "inverse-slope" in made:
        return 1 / slope
    return slope**2 if "slope-twice" in made else slope


def _read_by_w(made, a, h, k):
    if "sum-outer-sum" in made:
        return sum(h[:-1])
    if "pre-activation-read" in made and k > 1:
        return a[k - 1]
    if "index-wraps" in made:
        return h[1:][k - 2]
    return h[k] if "h-t-for-h-t-1" in made else h[k - 1]


def _read_by_v(made, a, h, t):
    if "sum-outer-sum" in made:
        return sum(h[1:])
    if "pre-activation-read" in made:
        return a[t]
    if "index-wraps" in made:
        return h[1:][t - 2]
    return h[t - 1] if "h-t-for-h-t-1" in made else h[t]


def _read_by_u(made, x, k):
    if "sum-outer-sum" in made:
        return sum(x)
    if "x-one-step-off" in made:
        return x[k - 2] if k > 1 else 0 * x[0]
    if "index-wraps" in made:
        return x[k - 2]
    return x[k - 1]


def _times(of, made, numbered, window, loss, t, k, T):
    """How often part (t, k) is counted; for e, dV and dc k is t."""
    triangle = of in ("dW", "dU", "db")
    dropped = (
        ("zero" in made)
        or ("explicit-only" in made and k < t)
        or ("last-loss-only" in made and t < T)
        or ("first-step-dropped" in made and k == 1)
        or ("last-step-dropped" in made and k == T)
        or ("first-loss-dropped" in made and t == 1)
        or ("last-loss-dropped" in made and t == T)
        or ("sum-overwritten" in made and k > 1)
        or ("sweep-stopped" in made and k <= T - numbered("sweep-stopped"))
        or ("signal-not-carried" in made and k < t < T)
        or ("window" in made and t - k >= numbered("window"))
        or ("chunks" in made and (t - 1) // numbered("chunks") != (k - 1) // numbered("chunks"))
        or ("carry-overwritten" in made and t < T)
        or (loss is not None and "every-loss" not in made and t != loss)
        or (window is not None and "not-truncated" not in made and triangle and t - k >= window)
    )
    if dropped:
        return 0.0
    times = 1.0
    if "total-for-explicit" in made:
        times = times * (t - k + 1)
    if "carry-doubled" in made:
        times = times * 2 ** (t - k)
    if "carry-scaled" in made:
        times = times * numbered("carry-scaled") ** (t - k)
    if "mean-over-time" in made:
        times = times / T
    if "sign" in made:
        times = -times
    return times * numbered("factor") if "factor" in made else times


def _softmax_jacobian(z, made, numbered):
    """∂ŷ_i/∂z_j, entry by entry."""
    y = np.exp(z) if "softmax-not-normalised" in made else np.exp(z) / np.sum(np.exp(z))
    J = np.zeros((len(z), len(z)))
    if "zero" in made:
        return J
    for i in range(len(z)):
        for j in range(len(z)):
            if i == j:
                J[i, j] = y[i] if "square-missing" in made else y[i] * (1 - y[i])
            elif "softmax-diagonal" not in made:
                J[i, j] = y[i] * y[j] if "off-diagonal-sign" in made else -y[i] * y[j]
    if "sign" in made:
        J = -J
    return numbered("factor") * J if "factor" in made else J
