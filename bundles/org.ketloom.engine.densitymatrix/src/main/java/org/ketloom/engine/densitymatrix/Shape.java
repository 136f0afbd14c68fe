package org.ketloom.engine.densitymatrix;

/** What is known of the matrix of a wire, of which there is less to compute then. */
enum Shape {
  /** Row and column of the identity are (1, 0, 0, 0). */
  UNITAL(1, 1),
  /** Its row is (1, 0, 0, 0). */
  KEEPS_TRACE(1, 0),
  /** Nothing. */
  FULL(0, 0);

  /** The first row and the first column that have to be looked at. */
  final int firstRow;

  final int firstColumn;

  Shape(int firstRow, int firstColumn) {
    this.firstRow = firstRow;
    this.firstColumn = firstColumn;
  }

  /** That of a product of two matrices. */
  Shape times(Shape other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /** Numbers that have to be looked at. */
  int entries() {
    return (4 - firstRow) * (4 - firstColumn);
  }
}
