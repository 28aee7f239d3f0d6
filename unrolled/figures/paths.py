"""The paths from a loss back to W: one at a time, all in a triangle, and what they cost."""

from itertools import pairwise

import numpy as np
from matplotlib.patches import FancyBboxPatch, Rectangle

from unrolled.figures import base
from unrolled.figures.base import GREY, HIDDEN, IMPLICIT, INK, OUTPUT, SIGNAL, subscript
from unrolled.svg import PAPER, pick


def two_meanings(fig):
    """h₁ and h₂ with the one W that enters both: the explicit arrow and the detour through h₁."""
    ax = _bare(fig, (0, 0, 1, 1), (-0.35, 5.1), (-0.35, 2.0))
    places = {"h0": (0, 1.4), "h1": (1.9, 1.4), "h2": (3.8, 1.4), "W": (2.85, 0)}
    base.arrow(ax, places["h0"], places["h1"], GREY)
    base.arrow(ax, places["h1"], places["h2"], IMPLICIT, width=2.6, dashed=True)
    base.arrow(ax, places["W"], places["h1"], IMPLICIT, width=2.6, dashed=True)
    base.arrow(ax, places["W"], places["h2"], SIGNAL, width=2.6)
    for name in ("h0", "h1", "h2"):
        base.node(ax, places[name], f"$h_{name[1]}$", HIDDEN)
    base.node(ax, places["W"], "$W$", INK)
    ax.text(3.5, 0.5, "explicit:\nstraight into $h_2$", color=SIGNAL, va="center", ha="left")
    ax.text(2.05, 0.5, "implicit:\nfirst into $h_1$", color=IMPLICIT, va="center", ha="right")
    ax.text(2.85, 1.58, r"$\partial h_2/\partial h_1$", color=IMPLICIT, ha="center", fontsize=13)
    return (
        "One matrix W enters two steps. A change of W reaches h₂ straight (solid: the explicit "
        "part) and by a detour through h₁ (dashed: the implicit part). The total derivative adds "
        "both."
    )


def by_hand(fig, moment, params, run, back):
    """The example of one unit and two steps, computed up to `moment`, each number at its place.

    moment: 1…19, forward up to 10, backward from there; params, run: rnn.Params and its Trace,
    H = D = 1, T = C = 2, the true class of step t being class t; back: of the way back, by name:
    e (rows 0…2), direct (Vᵀe_t in row t), slope (row t), at (signal at a_t in row t), sent (to h_1)
    and added (what step t of the sweep adds to dL/dw, in row t).
    """
    ax = _bare(fig, (0, 0, 1, 1), (-0.1, 7.5), (-1.1, 5.7))
    places = {"h0": (0.5, 2.3)}
    heights = (0, 1, 2.3, 3.3, 4.3, 5.3)
    for t in (1, 2):
        places |= {f"{n}{t}": (2.95 * t, y) for n, y in zip("xahzyL", heights, strict=True)}
    story = _story(params, run, back)
    shown = dict(_given(params, run))
    for step in range(moment):
        shown |= story[step][1]
    _hand_arrows(ax, places, shown, _number(params.W.item()))
    now = story[moment - 1][1]
    for name, xy in places.items():
        symbol = {"y": r"\hat y", "L": "L"}.get(name[0], name[0])
        text = f"${symbol}_{name[1]}$" + (f" = {shown[name]}" if name in shown else "")
        color = {"x": base.INPUT, "a": HIDDEN, "h": HIDDEN, "z": OUTPUT, "y": OUTPUT}.get(
            name[0], INK
        )
        _number_at(
            ax, (xy[0], xy[1] + 0.13), text, color, bold=name in now, faded=name not in shown
        )
        if "d" + name in shown:
            text = rf"$\partial L/\partial {symbol}_{name[1]}$ = {shown['d' + name]}"
            _number_at(ax, (xy[0], xy[1] - 0.19), text, SIGNAL, bold="d" + name in now)
    if "dw" in shown:
        _number_at(ax, (3.7, -0.85), f"$dL/dw$ = {shown['dw']}", SIGNAL, bold="dw" in now)
    return story[moment - 1][0]


def one_path(figs, parts, C, t, k):
    """The triangle of all parts to choose from, and the path of the chosen one with its factors.

    figs: two figures; parts: (T+1, T+1, H, H), entry [t, k] the part of dL_t/dW that comes by
    step k; NaN where there is none; C: number of classes.  1 ≤ k ≤ t ≤ T.
    """
    T, H = len(parts) - 1, parts.shape[-1]
    norms = _norms(parts)
    choose, path = figs
    triangle = choose.add_axes((0.11, 0.13, 0.88, 0.86))
    _triangle(triangle, norms, chosen=(t, k))
    ax = triangle.inset_axes((0.58, 0.62, 0.31, 0.31))  # the corner that is free
    color = SIGNAL if k == t else IMPLICIT
    base.matrix(ax, parts[t, k], text=False, title=f"added to $dL_{t}/dW$", color=color)
    ax = _bare(path, (0, 0, 1, 1), (-0.4, T + 0.75), (-1.2, 2.4))
    ax.set_aspect("equal")
    _route(ax, T, t, k)
    _factors(ax, t, k, H, C)
    back = "straight" if k == t else f"{t - k} step{'s' * (t - k > 1)} back in time"
    kind = "the explicit part" if k == t else "an implicit part"
    total = np.linalg.norm(np.nansum(parts[t], axis=0))
    row = f"The {t} parts of row {t} sum to" if t > 1 else "Nothing else is in"
    t_, before = map(subscript, (t, k - 1))
    return (
        f"t = {t}, k = {k}: from loss L{t_} down to h{t_}, {back} to W at step {k}. "
        f"{2 * (t - k) + 3} factors make a column of {H} numbers; times the row of h{before} it is "
        f"a {H} by {H} matrix of norm {norms[t, k]:.2f}, {kind}. "
        f"{row} dL{t_}/dW, of norm {total:.2f}."
    )


def two_orders(fig, parts):
    """The triangle summed by rows, loss by loss, beside the same triangle summed by columns."""
    norms = _norms(parts)
    T = len(norms) - 1
    for left, title, by_row in ((0.075, "the double sum", True), (0.575, "the sweep", False)):
        ax = fig.add_axes((left, 0.15, 0.42, 0.76))
        _triangle(ax, norms)
        ax.set_title(title)
        for i in range(1, T + 1):
            xy, wide, high = ((1, i), i, 1) if by_row else ((i, i), 1, T + 1 - i)
            ax.add_patch(
                FancyBboxPatch(
                    (xy[0] - 0.36, xy[1] - 0.36),
                    wide - 0.28,
                    high - 0.28,
                    boxstyle="round,pad=0,rounding_size=0.3",
                    fill=False,
                    ec=INK,
                    lw=2,
                )
            )
    return (
        f"The same {T * (T + 1) // 2} parts, added in two orders. Left, row by row: each "
        "loss Lₜ walks back by itself. Right, column by column: at each step k the signals of "
        "all later losses are added first and go on as one."
    )


def cost(fig, rows, machine):
    """Measured time of both methods against T, with the counted products as lines.

    rows: dicts of T, double_sum, one_sweep (times in one unit) and of the counted products,
    double_count, sweep_count; machine: where the times were measured.
    """
    ax = fig.add_subplot()
    T = [row["T"] for row in rows]
    unit = rows[0]["one_sweep"] / rows[0]["sweep_count"]
    for label, time, count, color, marker, line, shift in (
        ("double sum", "double_sum", "double_count", IMPLICIT, "s", (0, (4, 2)), (-12, 8)),
        ("one sweep", "one_sweep", "sweep_count", SIGNAL, "o", "-", (-6, 12)),
    ):
        ax.plot(T, [unit * row[count] for row in rows], ls=line, color=color, lw=1.4)
        ax.plot(T, [row[time] for row in rows], marker, color=color, mec=PAPER, ms=8)
        at = (T[-2], rows[-2][time])
        ax.annotate(label, at, xytext=shift, textcoords="offset points", ha="right", color=color)
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.set_xticks(T, [str(n) for n in T])
    ax.minorticks_off()
    ax.set_xlabel("$T$, number of time steps")
    ax.set_ylabel(f"time (1: the sweep at $T={T[0]}$)")
    ax.grid(axis="y")
    before, last = rows[-2:]
    grew = {method: last[method] / before[method] for method in ("double_sum", "one_sweep")}
    return (
        f"Points: measured time; lines: counted products. From T = {T[-2]} to {T[-1]} the sweep "
        f"takes {grew['one_sweep']:.1f} times as long, the double sum {grew['double_sum']:.1f} "
        f"times. At T = {T[-1]} the double sum costs {last['double_sum'] / last['one_sweep']:.0f} "
        f"sweeps. Measured on {machine}."
    )


def _number(value):
    """A number, or a pair of them, with two digits after the point, as on paper."""
    values = np.ravel(value)
    text = ", ".join(map(base.number, values))
    return f"({text})" if len(values) > 1 else text


def _given(params, run):
    """What is known before the first step, by place."""
    return {"h0": _number(run.h[0]), "x1": _number(run.x[1]), "x2": _number(run.x[2])}


def _story(params, run, back):
    """What is computed at each moment of `by_hand`: a sentence, and the numbers by their place."""
    u, w, b, n = params.U.item(), params.W.item(), params.b.item(), _number
    story = []
    for t in (1, 2):
        now, old = map(subscript, (t, t - 1))
        terms = [n(u * run.x[t]), n(w * run.h[t - 1]), n(b)]
        added = " + ".join(terms).replace("+ −", "− ")
        said = [
            f"a{now} = u x{now} + w h{old} + b = {added} = {n(run.a[t])}.",
            f"h{now} = tanh a{now} = {n(run.h[t])}.",
            f"the logits, z{now} = V h{now} + c = {n(run.z[t])}.",
            f"the softmax turns {n(run.z[t])} into the probabilities {n(run.y_hat[t])}.",
            f"class {t} is the true one, so L{now} = −ln {n(run.y_hat[t, t - 1])} = "
            f"{n(-np.log(run.y_hat[t, t - 1]))}.",
        ]
        values = [run.a[t], run.h[t], run.z[t], run.y_hat[t], -np.log(run.y_hat[t, t - 1])]
        for sentence, name, value in zip(said, "ahzyL", values, strict=True):
            story.append((f"Forward, step {t}: {sentence}", {f"{name}{t}": n(value)}))
    for t in (2, 1):
        now, old = map(subscript, (t, t - 1))
        direct, at, added = n(back["direct"][t]), n(back["at"][t]), n(back["added"][t])
        arrived = n(back["direct"][t] + (back["sent"] if t == 1 else 0))
        met = f"; with the {n(back['sent'])} from step 2 it makes {arrived}" if t == 1 else ""
        total = f"{n(back['added'][2])} + {added} = {n(back['added'][1:].sum())}"
        dw = f"{added} + …" if t == 2 else total
        what = "the explicit part of L₂" if t == 2 else "the part of L₁ and the implicit part of L₂"
        words = [
            (f"e{now} = ŷ{now} − y{now} = {n(back['e'][t])}.", {f"dz{t}": n(back["e"][t])}),
            (f"V turned, times e{now}, is {direct} at h{now}{met}.", {f"dh{t}": arrived}),
            (
                f"times the slope 1 − h{now}² = {n(back['slope'][t])} it is {at} at a{now}.",
                {f"da{t}": at},
            ),
            (
                f"times h{old} = {n(run.h[t - 1])}, which w met at step {t}, it adds {added} to "
                f"dL/dw: {what}." + (f" In all {dw}." if t == 1 else ""),
                {"dw": dw, f"part{t}": added},
            ),
        ]
        if t == 2:
            words.append(
                (
                    f"times w = {n(w)} it goes on to h₁ as {n(back['sent'])}. What it will add at "
                    "step 1 is the implicit part.",
                    {"dh1": n(back["sent"]) + " + …"},
                )
            )
        story += [(f"Backward, step {t}: {sentence}", numbers) for sentence, numbers in words]
    return story


def _hand_arrows(ax, places, shown, w):
    """The arrows of `by_hand`, turned round and coloured where a signal has passed."""
    for t in (1, 2):
        for low, high in pairwise("xahzyL"):
            start, end = places[f"{low}{t}"], places[f"{high}{t}"]
            back = f"d{low}{t}" in shown and (low != "h" or t == 2 or f"dz{t}" in shown)
            passed = back or (low in "yz" and f"dz{t}" in shown)
            pair = (end, start) if passed else (start, end)
            color, width = (SIGNAL, 2) if passed else (GREY, 1.4)
            base.arrow(ax, *pair, color, gap=0.36, width=width)
        (x0, y0), (x1, y1) = places[f"h{t - 1}"], places[f"a{t}"]
        start, end = (x0 + (1.1 if t == 2 else 0.6), y0 - 0.3), (x1 - 0.8, y1 + 0.2)
        x, y, sent = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2, t == 2 and "dh1" in shown
        pair, color = ((end, start), IMPLICIT) if sent else ((start, end), GREY)
        base.arrow(ax, *pair, color, gap=0, width=2 if sent else 1.4, dashed=sent)
        _number_at(ax, (x - 0.4, y - 0.25), f"$w$ = {w}", HIDDEN)
        if f"part{t}" in shown:
            _number_at(ax, (x, y - 1.2), f"adds {shown[f'part{t}']}", SIGNAL)


def _number_at(ax, xy, text, color, bold=False, faded=False):
    """A text at a point, in a frame if it is the one just computed."""
    frame = {"boxstyle": "round,pad=0.15", "fc": PAPER, "ec": INK, "lw": 1.6} if bold else None
    alpha = 0.35 if faded else 1
    ax.text(*xy, text, color=color, ha="center", va="center", alpha=alpha, bbox=frame, zorder=6)


def _norms(parts):
    """‖P_{t,k}‖ for each (t, k); NaN where there is none."""
    return np.linalg.norm(parts, axis=(-2, -1))


def _bare(fig, rect, xlim, ylim):
    ax = fig.add_axes(rect, xlim=xlim, ylim=ylim, xticks=[], yticks=[])
    ax.set_axis_off()
    return ax


def _route(ax, T, t, k):
    """The graph without its inputs, the path from L_t to the W of step k, a box for each step's W.

    A loss stands for its t and a W for its k.
    """
    for s in range(1, T + 1):
        h, y, loss = (s, 0), (s, 1.02), (s, 2.04)
        if k < s <= t:
            base.arrow(ax, h, (s - 1, 0), IMPLICIT, width=2.6, dashed=True)
        else:
            base.arrow(ax, (s - 1, 0), h, HIDDEN, faded=s > t)
        for low, high, color in ((h, y, OUTPUT), (y, loss, GREY)):
            if s == t:
                base.arrow(ax, high, low, SIGNAL, width=2.6)
            else:
                base.arrow(ax, low, high, color, faded=True)
        base.node(ax, h, f"$h_{s}$", HIDDEN, faded=s > t, current=s == k)
        base.node(ax, y, rf"$\hat{{y}}_{s}$", OUTPUT, faded=s != t)
        base.node(ax, loss, f"$L_{s}$", SIGNAL, faded=s != t, current=s == t)
        _w_box(ax, (s - 0.5, 0.55), s, t, k)
        _target(ax, loss, t=s)
        if s <= t:
            _target(ax, (s - 0.5, 0.55), k=s)
    base.node(ax, (0, 0), "$h_0$", HIDDEN)


def _w_box(ax, xy, s, t, k):
    """The W of step s, grey if the loss t is before it; of step k, with the path's last leg."""
    color, dashed, here = (SIGNAL if s == t else IMPLICIT), s != t, s == k
    ink = INK if s <= t else GREY
    box = {
        "boxstyle": "round,pad=0.22",
        "fc": PAPER,
        "ec": color if here else GREY,
        "lw": 2.8 if here else 0.8,
        "ls": "--" if here and dashed else "-",
    }
    text = {"ha": "center", "va": "center", "fontsize": 13, "zorder": 5, "color": ink}
    ax.text(*xy, "$W$", bbox=box, **text)
    if here:
        base.arrow(ax, (s, 0), xy, color, gap=0.25, width=2.6, dashed=dashed)


def _target(ax, xy, side=0.64, **position):
    """A square, not seen, that is pressed for a position."""
    corner = (xy[0] - side / 2, xy[1] - side / 2)
    pick(ax.add_patch(Rectangle(corner, side, side, fc="none", ec="none", zorder=9)), **position)


def _factors(ax, t, k, H, C):
    """D_k Wᵀ ⋯ D_t Vᵀ e_t and h_{k-1}ᵀ, each at its place on the path, with its shape."""
    square = [((s, -0.52), f"$D_{s}$", INK) for s in range(k, t + 1)]
    square += [((s + 0.5, -0.52), r"$W^\top$", IMPLICIT) for s in range(k, t)]
    others = [
        ((k - 1, -0.52), rf"$h_{k - 1}^\top$", HIDDEN, (k - 1, -0.98), f"1×{H}"),
        ((t + 0.38, 0.62), r"$V^\top$", OUTPUT, (t + 0.38, 0.3), f"{H}×{C}"),
        ((t + 0.38, 1.64), f"$e_{t}$", SIGNAL, (t + 0.38, 1.32), f"{C}×1"),
    ]
    text = {"ha": "center", "va": "center", "zorder": 6}
    for xy, symbol, color, *_ in square + others:
        ax.text(*xy, symbol, color=color, fontsize=13, **text)
    ax.plot([k - 0.3, t + 0.3], [-0.77, -0.77], color=GREY, lw=1)
    each = " each" if k < t else ""
    for xy, shape in [*(other[3:] for other in others), (((k + t) / 2, -0.98), f"{H}×{H}{each}")]:
        ax.text(*xy, shape, fontsize=10, **text)


def _triangle(ax, norms, chosen=None):
    """A place for each (t, k): rows are losses, columns the steps of W; NaN is left out.

    In it a square whose area is the norm. If one is chosen, each can be.
    """
    T = len(norms) - 1
    for t in range(1, T + 1):
        for k in range(1, t + 1):
            explicit, here = k == t, (t, k) == chosen
            color = SIGNAL if explicit else IMPLICIT
            cell = Rectangle((k - 0.46, t - 0.46), 0.92, 0.92, fc=PAPER, ec=INK if here else color)
            cell.set(lw=3 if here else 1.2, ls="-" if explicit or here else (0, (3, 2)))
            ax.add_patch(pick(cell, t=t, k=k) if chosen else cell)
            base.squares(ax, k, t, norms[t, k], side=0.8, limit=np.nanmax(norms), color=color)
        ax.text(0.35, t, f"$L_{t}$", ha="right", va="center", color=SIGNAL, fontsize=14)
        ax.text(t, T + 0.6, f"{t}", ha="center", va="top", fontsize=12)
    ax.text((T + 1) / 2, T + 1, "step $k$ of $W$", ha="center", va="top")
    ax.set_xlim(0.45, T + 0.55)
    ax.set_ylim(T + 0.55, 0.45)
    ax.set_aspect("equal")
    ax.set(xticks=[], yticks=[])
    ax.set_axis_off()


def one_signal(fig):
    """The signal D_t g_t at a_t, and the four places it goes to, each with its own last factor."""
    ax = _bare(fig, (0, 0, 1, 1), (-0.1, 7.9), (-0.1, 4.6))
    center = (3.3, 2.3)
    leaves = (
        ("$U$", r"times $x_t^\top$", (0.4, 3.95), base.INPUT),
        ("$W$", r"times $h_{t-1}^\top$", (0.4, 2.3), HIDDEN),
        ("$b$", "as it is", (0.4, 0.65), INK),
    )
    for name, factor, xy, color in leaves:
        base.node(ax, xy, name, color)
        base.arrow(ax, center, xy, SIGNAL, gap=0.4, width=2.6)
        below = name == "$b$"  # its arrow comes from above
        y, va = (xy[1] - 0.15, "top") if below else (xy[1] + 0.13, "bottom")
        ax.text(xy[0] + 0.4, y, factor, color=color, ha="left", va=va)
    base.node(ax, (4.4, 0.5), "$h_{t-1}$", HIDDEN, radius=0.4)
    base.arrow(ax, center, (4.4, 0.5), IMPLICIT, gap=0.48, width=2.6, dashed=True)
    ax.text(4.95, 0.5, r"$W^\top$ times it", color=IMPLICIT, va="center")
    base.arrow(ax, (6.6, 2.3), center, SIGNAL, gap=0.45, width=2.6)
    base.node(ax, center, "$a_t$", INK, current=True, radius=0.34)
    ax.text(3.3, 2.85, "$D_t\\,g_t$", color=SIGNAL, ha="center", fontsize=15)
    ax.text(5.05, 2.55, "$D_t$ times it", color=SIGNAL, ha="center", va="bottom")
    base.node(ax, (6.6, 2.3), "$h_t$", HIDDEN, radius=0.34)
    ax.text(6.6, 2.85, "$g_t$", color=SIGNAL, ha="center", fontsize=15)
    return (
        "One signal arrives at the pre-activation aₜ and serves all that entered it. U gets it "
        "times the row of xₜ, W times the row of hₜ₋₁, b as it is; and W transposed takes it "
        "on to the state before (dashed), where the same begins again."
    )
