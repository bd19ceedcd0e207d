"""The work of one SGD run of `train` as a hand-written loop, compiled to machine code by numba.

One thread, float32: the same batches, updates, validation after each epoch, and the same records.
"""

import numba
import numpy as np


def native_loop(fastmath: bool):
    """Return a function (weights, order, batch_size, rate, data) -> curves (epochs, 4), weights.

    fastmath: let the compiler reorder sums, which XLA does not do.
    """
    forward = numba.njit(fastmath=fastmath, inline="always")(_forward)
    backward = numba.njit(fastmath=fastmath, inline="always")(_backward)

    @numba.njit(fastmath=fastmath)
    def loop(w, b2, order, batch_size, rate, trainX, trainy, testX, testy):
        epochs, n = order.shape
        curves = np.zeros((epochs, 4), np.float32)
        path, path_b2 = np.empty((epochs, *w.shape), np.float32), np.empty((epochs, 3), np.float32)
        hidden, p = np.empty(w.shape[1], np.float32), np.empty(3, np.float32)
        gradient, gradient_b2 = np.empty_like(w), np.empty_like(b2)
        for epoch in range(epochs):
            for start in range(0, n, batch_size):
                end = min(start + batch_size, n)
                gradient[:], gradient_b2[:] = 0, 0
                for place in range(start, end):
                    x, y = trainX[order[epoch, place]], trainy[order[epoch, place]]
                    loss, right = forward(w, b2, x, y, hidden, p)
                    curves[epoch, 0] += loss
                    curves[epoch, 1] += right
                    backward(w, x, y, hidden, p, gradient, gradient_b2)
                step = rate / np.float32(end - start)
                w -= step * gradient
                b2 -= step * gradient_b2
            for x, y in zip(testX, testy):
                loss, right = forward(w, b2, x, y, hidden, p)
                curves[epoch, 2] += loss
                curves[epoch, 3] += right
            path[epoch], path_b2[epoch] = w, b2
        curves[:, :2] /= n
        curves[:, 2:] /= len(testX)
        return curves, path, path_b2

    def run(weights, order, batch_size, rate, data):
        W1, b1, W2, b2 = weights
        # Rows W1 (2), b1, W2 transposed (3): the inner loops then run along memory.
        w = np.concatenate([W1, b1[None], W2.T])
        return loop(w, b2.copy(), order, batch_size, np.float32(rate), *data)

    return run


def _forward(w, b2, x, y, hidden, p):
    """Fill hidden and the class probabilities p; return the cross-entropy, and whether it is right."""
    x0, x1 = x[0], x[1]
    for j in range(w.shape[1]):
        z = x0 * w[0, j] + x1 * w[1, j] + w[2, j]
        hidden[j] = z if z > 0 else np.float32(0)
    for c in range(3):
        logit = b2[c]
        for j in range(w.shape[1]):
            logit += hidden[j] * w[3 + c, j]
        p[c] = logit
    label = best = 0
    for c in range(1, 3):
        label = c if y[c] > y[label] else label
        best = c if p[c] > p[best] else best
    own, top = p[label], p[best]
    total = np.float32(0)
    for c in range(3):
        p[c] = np.exp(p[c] - top)
        total += p[c]
    for c in range(3):
        p[c] /= total
    return np.log(total) - (own - top), label == best


def _backward(w, x, y, hidden, p, gradient, gradient_b2):
    """Add one sample's gradient."""
    x0, x1 = x[0], x[1]
    d0, d1, d2 = p[0] - y[0], p[1] - y[1], p[2] - y[2]
    gradient_b2[0] += d0
    gradient_b2[1] += d1
    gradient_b2[2] += d2
    for j in range(w.shape[1]):
        back = d0 * w[3, j] + d1 * w[4, j] + d2 * w[5, j]
        back = back if hidden[j] > 0 else np.float32(0)
        gradient[0, j] += back * x0
        gradient[1, j] += back * x1
        gradient[2, j] += back
        gradient[3, j] += d0 * hidden[j]
        gradient[4, j] += d1 * hidden[j]
        gradient[5, j] += d2 * hidden[j]
