package org.ketloom.engine.statevector;

/**
 * Eigenvalues and eigenvectors of a Hermitian matrix, by Jacobi's rotations (Golub and Van Loan,
 * Matrix Computations, section 8.5).
 *
 * @param values the n eigenvalues, in no order
 * @param projectors row-major {@code [n][n^2]}: each eigenvector's projector as the entries of a
 *     {@link org.ketloom.api.circuit.Observable.Hermitian}
 */
record Eigenbasis(double[] values, double[] projectors) {
  private static final int MAX_SWEEPS = 60;

  /**
   * Of a Hermitian of n rows.
   *
   * @param entries laid out as {@link org.ketloom.api.circuit.Observable.Hermitian} says
   * @param first where they begin
   */
  static Eigenbasis of(double[] entries, int first, int n) {
    double[] re = new double[n * n];
    double[] im = new double[n * n];
    double scale = 0;
    int at = first + n;
    int upper = n * (n - 1) / 2;
    for (int i = 0; i < n; i++) {
      re[i * n + i] = entries[first + i];
      scale = Math.max(scale, Math.abs(entries[first + i]));
      for (int j = i + 1; j < n; j++, at++) {
        re[i * n + j] = entries[at];
        re[j * n + i] = entries[at];
        im[i * n + j] = entries[at + upper];
        im[j * n + i] = -entries[at + upper];
        scale = Math.max(scale, Math.hypot(entries[at], entries[at + upper]));
      }
    }
    double[] vectorsRe = new double[n * n];
    double[] vectorsIm = new double[n * n];
    for (int i = 0; i < n; i++) {
      vectorsRe[i * n + i] = 1;
    }
    boolean turned = true;
    for (int sweep = 0; turned && sweep < MAX_SWEEPS; sweep++) {
      turned = false;
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          double size = Math.hypot(re[p * n + q], im[p * n + q]);
          if (size > 1e-17 * scale) {
            turned = true;
            rotate(re, im, vectorsRe, vectorsIm, n, p, q, size);
          }
        }
      }
    }
    double[] values = new double[n];
    double[] projectors = new double[n * n * n];
    for (int m = 0; m < n; m++) {
      values[m] = re[m * n + m];
      int to = m * n * n;
      int off = to + n;
      for (int i = 0; i < n; i++) {
        double ar = vectorsRe[i * n + m];
        double ai = vectorsIm[i * n + m];
        projectors[to + i] = ar * ar + ai * ai;
        for (int j = i + 1; j < n; j++, off++) {
          double br = vectorsRe[j * n + m];
          double bi = vectorsIm[j * n + m];
          projectors[off] = ar * br + ai * bi;
          projectors[off + upper] = ai * br - ar * bi;
        }
      }
    }
    return new Eigenbasis(values, projectors);
  }

  /**
   * Makes the entry (p, q) zero: {@code A <- J^† A J}, {@code V <- V J} with {@code J = [[c, s e],
   * [-s conj(e), c]]} on p and q, where {@code e} is the entry's phase.
   */
  private static void rotate(
      double[] re,
      double[] im,
      double[] vectorsRe,
      double[] vectorsIm,
      int n,
      int p,
      int q,
      double size) {
    double er = re[p * n + q] / size;
    double ei = im[p * n + q] / size;
    double ratio = (re[q * n + q] - re[p * n + p]) / (2 * size);
    double t = (ratio >= 0 ? 1 : -1) / (Math.abs(ratio) + Math.hypot(1, ratio));
    double c = 1 / Math.hypot(1, t);
    double s = t * c;
    for (int i = 0; i < n; i++) {
      columns(re, im, i * n + p, i * n + q, c, s, er, ei);
      columns(vectorsRe, vectorsIm, i * n + p, i * n + q, c, s, er, ei);
    }
    for (int i = 0; i < n; i++) {
      // Of J^† the rows: what J does to columns, conjugated.
      columns(re, im, p * n + i, q * n + i, c, s, er, -ei);
    }
    re[p * n + q] = 0;
    im[p * n + q] = 0;
    re[q * n + p] = 0;
    im[q * n + p] = 0;
  }

  /** {@code (x, y) <- (c x - s conj(e) y, s e x + c y)}. */
  private static void columns(
      double[] re, double[] im, int x, int y, double c, double s, double er, double ei) {
    double xr = re[x];
    double xi = im[x];
    double yr = re[y];
    double yi = im[y];
    re[x] = c * xr - s * (er * yr + ei * yi);
    im[x] = c * xi - s * (er * yi - ei * yr);
    re[y] = s * (er * xr - ei * xi) + c * yr;
    im[y] = s * (er * xi + ei * xr) + c * yi;
  }
}
