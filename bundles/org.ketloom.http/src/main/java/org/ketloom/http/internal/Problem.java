package org.ketloom.http.internal;

/** What is wrong with a request, and where. */
final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String culprit;
  private final String remedy;

  /**
   * A problem whose text says what to do.
   *
   * @param status of HTTP
   * @param culprit what is wrong: {@code body.blueprint}, {@code header.Host}
   */
  Problem(int status, String culprit, String detail) {
    this(status, culprit, detail, "");
  }

  Problem(int status, String culprit, String detail, String remedy) {
    super(detail);
    this.status = status;
    this.culprit = culprit;
    this.remedy = remedy;
  }

  int status() {
    return status;
  }

  String culprit() {
    return culprit;
  }

  String detail() {
    return String.valueOf(getMessage());
  }

  String remedy() {
    return remedy;
  }
}
