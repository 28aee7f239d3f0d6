"""The slips that the clinic knows by name: what each is, and where the book explains it.

A new slip is a line here and, if it is a new way of building the parts or of counting them, a
line in a table of `xray` or `patterns`.
"""

from typing import NamedTuple


class Slip(NamedTuple):
    """One mistake: `words` complete the sentence "Yours is the exact gradient, but …"."""

    words: str
    section: str  # the section that explains it, a key of SECTIONS


SLIPS = {
    # which parts are there
    "explicit-only": Slip(
        "only the explicit part of each step is there: the path through time is missing", "step-two"
    ),
    "last-loss-only": Slip("only the last loss is in it", "one-sweep"),
    "first-step-dropped": Slip(
        "the first step of the parameter is missing: the sweep stops one step early", "one-sweep"
    ),
    "last-step-dropped": Slip(
        "the last step of the parameter is missing: the sweep starts one step late", "one-sweep"
    ),
    "first-loss-dropped": Slip("the first loss is missing", "dv-sum"),
    "last-loss-dropped": Slip("the last loss is missing", "one-sweep"),
    "sum-overwritten": Slip(
        "only the step that was computed last is kept: = stands where += is needed", "one-sweep"
    ),
    "window": Slip("each loss looks back over a window of length {n} only", "window"),
    "sweep-stopped": Slip(
        "the sweep runs over the last {n} steps only: the earlier steps of the parameter are "
        "missing",
        "window",
    ),
    "chunks": Slip("no loss looks beyond its own chunk of length {n}", "chunks"),
    "not-truncated": Slip(
        "the sweep is not cut: every loss still reaches every earlier step", "chunks"
    ),
    "every-loss": Slip("every loss is in it, where one alone was asked for", "dv-sum"),
    "carry-never-renewed": Slip(
        "the carry is computed once, at the last step, and never again", "one-sweep"
    ),
    "signal-not-carried": Slip(
        "only the signal of the last loss is carried: that of an earlier step stays at its step",
        "one-sweep",
    ),
    "carry-overwritten": Slip(
        "a step's own signal and the carry overwrite each other: = stands where + is needed",
        "one-sweep",
    ),
    # how often each is counted
    "total-for-explicit": Slip(
        "the total derivative stands where the explicit one belongs: a part counts t − k + 1 times",
        "any-step",
    ),
    "carry-doubled": Slip("the carry is added twice at every step", "one-sweep"),
    "carry-scaled": Slip("the carry is multiplied by {n} at every step", "one-sweep"),
    "mean-over-time": Slip(
        "it is divided by T: a mean over time where the loss is a sum", "one-line"
    ),
    "batch-summed": Slip(
        "it is summed over the batch, where the loss is a mean", "rows-and-batches"
    ),
    "sign": Slip("its sign is turned", "signal"),
    "factor": Slip("it is multiplied by {n} everywhere", "how-a-check-lies"),
    "zero": Slip("nothing is there: it is 0", "how-a-check-lies"),
    # the factors of a part
    "no-transpose-W": Slip("W stands where Wᵀ is needed", "one-sweep"),
    "W-dropped": Slip("Wᵀ is missing between two steps", "step-two"),
    "no-transpose-V": Slip("V stands where Vᵀ is needed", "dz-dv"),
    "no-slope-at-end": Slip(
        "the slope of the activation is missing at the step of the parameter", "step-one"
    ),
    "no-slope-in-carry": Slip(
        "the slope of the activation is missing where the signal passes from step to step",
        "step-two",
    ),
    "no-slope": Slip("the slope of the activation is missing", "step-one"),
    "slope-of-a": Slip("the slope is 1 − a² where 1 − h² is needed", "step-one"),
    "slope-of-tanh-h": Slip(
        "the slope is 1 − tanh²(h) where 1 − h² is needed: h is tanh(a) already", "step-one"
    ),
    "slope-of-tanh": Slip(
        "the slope is that of tanh where that of the rectifier is needed", "how-a-check-lies"
    ),
    "slope-before-carry": Slip(
        "the slope is multiplied in before the carry is added: the carry passes through none",
        "one-sweep",
    ),
    "slope-on-carry-only": Slip(
        "the slope multiplies the carry alone: the step's own signal passes through none",
        "one-sweep",
    ),
    "inverse-slope": Slip(
        "the signal is divided by the slope where it is multiplied by it", "step-one"
    ),
    "slope-twice": Slip(
        "the slope is multiplied in twice: something was overwritten in place", "one-sweep"
    ),
    "slope-one-step-off": Slip("the slope is that of the wrong step", "step-two"),
    "power-outside": Slip("the powers of W stand outside the product of the slopes", "any-step"),
    "h-t-for-h-t-1": Slip("the state of the wrong step stands in the outer product", "step-one"),
    "pre-activation-read": Slip("a stands in the outer product where h is needed", "step-one"),
    "x-one-step-off": Slip("the input of the wrong step stands in the outer product", "gradient-u"),
    "index-wraps": Slip(
        "an index leaves the array at one end and reads the other: row −1 is the last row",
        "one-line",
    ),
    "outer-transposed": Slip(
        "it is transposed: the outer product has its factors in the wrong order", "dv-outer"
    ),
    "sum-outer-sum": Slip(
        "it is an outer product of two sums where a sum of outer products is needed", "dv-braces"
    ),
    "no-slope-at-h0": Slip(
        "the slope of the activation is missing at the last step, from h₁ to h₀", "gradient-h0"
    ),
    "no-W-at-h0": Slip("Wᵀ is missing at the last step: it is ∂L/∂a₁", "gradient-h0"),
    "h1-for-h0": Slip("the last step is missing: it is ∂L/∂h₁", "gradient-h0"),
    # the signal of one loss
    "softmax-diagonal": Slip("only the diagonal of the softmax's Jacobian is used", "signal"),
    "off-diagonal-sign": Slip(
        "the softmax's Jacobian has the wrong sign off its diagonal", "softmax-unequal"
    ),
    "softmax-dropped": Slip("the softmax's Jacobian is missing", "signal"),
    "squared-error-signal": Slip("the signal is that of the squared error", "two-losses"),
    "y-hat-alone": Slip("the signal is ŷ: the label is missing", "signal"),
    "label-mass-ignored": Slip(
        "the signal is ŷ − y even where the label does not sum to 1", "signal"
    ),
    "label-by-argmax": Slip(
        "the largest entry of the label stands for the whole label, even where it is soft or 0",
        "signal",
    ),
    "softmax-not-normalised": Slip("e^z stands where ŷ is needed", "softmax-equal"),
    "square-missing": Slip(
        "the diagonal is ŷ: the quotient rule's second term is missing", "softmax-equal"
    ),
    # the forward pass
    "h0-dropped": Slip("h₀ is left out, as if it were 0", "gradient-h0"),
    "bias-dropped": Slip("the forward pass has no bias b", "gradient-biases"),
    "bias-in-the-product": Slip(
        "the bias is added to the state, inside the product with W", "gradient-biases"
    ),
}

# what the text prints for each label `sec:…` of the chapters
SECTIONS = {
    "two-losses": "section 1.1 (Squared error here, cross-entropy later)",
    "how-a-check-lies": "section 2.2 (How a check lies)",
    "one-line": "section 3.1 (One line, again and again)",
    "softmax-equal": "section 4.1 (The case i = k, by the quotient rule)",
    "softmax-unequal": "section 4.2 (The case i ≠ k)",
    "signal": "section 4.4 (Putting the cases into one sum)",
    "dv-sum": "section 5.1 (One sum over time)",
    "dz-dv": "section 5.2 (The derivative of a vector by a matrix)",
    "dv-outer": "section 5.3 (From the tensor to an outer product)",
    "dv-braces": "section 5.5 (A sum of products is not a product of sums)",
    "step-one": "section 6.3 (The first step)",
    "step-two": "section 6.4 (The second step)",
    "any-step": "section 6.6 (Any step, by induction)",
    "one-sweep": "section 6.7 (From the double sum to one backward sweep)",
    "rows-and-batches": "section 6.7 (The same lines in the package, and for a batch)",
    "gradient-u": "section 7.1 (The gradient of U: one factor differs)",
    "gradient-biases": "section 7.2 (The biases)",
    "gradient-h0": "section 7.3 (The start h₀)",
    "window": "section 11.1 (Cutting the path: a window)",
    "chunks": "section 11.3 (The variant that is mostly run: chunks)",
}
