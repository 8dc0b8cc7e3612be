package dev.remap.core.training.head;

/** Sums in one fixed order, so that the bits are the same on every machine. */
public final class Vectors {
  private Vectors() {}

  public static double dot(double[] a, double[] b) {
    return dot(a, 0, b);
  }

  /** Of a row of {@code a} with {@code b}, in four running sums. */
  public static double dot(double[] a, int from, double[] b) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < b.length; i += 4) {
      s0 += a[from + i] * b[i];
      s1 += a[from + i + 1] * b[i + 1];
      s2 += a[from + i + 2] * b[i + 2];
      s3 += a[from + i + 3] * b[i + 3];
    }
    for (; i < b.length; i++) {
      s0 += a[from + i] * b[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  public static double dot(float[] a, float[] b) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < b.length; i += 4) {
      s0 += (double) a[i] * b[i];
      s1 += (double) a[i + 1] * b[i + 1];
      s2 += (double) a[i + 2] * b[i + 2];
      s3 += (double) a[i + 3] * b[i + 3];
    }
    for (; i < b.length; i++) {
      s0 += (double) a[i] * b[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** Of {@code length} numbers of a from {@code fromA} on and of b from {@code fromB} on. */
  public static double dot(double[] a, int fromA, float[] b, int fromB, int length) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < length; i += 4) {
      s0 += a[fromA + i] * b[fromB + i];
      s1 += a[fromA + i + 1] * b[fromB + i + 1];
      s2 += a[fromA + i + 2] * b[fromB + i + 2];
      s3 += a[fromA + i + 3] * b[fromB + i + 3];
    }
    for (; i < length; i++) {
      s0 += a[fromA + i] * b[fromB + i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** Adds a multiple of {@code more}. */
  public static void add(double[] to, int from, double factor, double[] more) {
    for (int i = 0; i < more.length; i++) {
      to[from + i] += factor * more[i];
    }
  }

  /** Adds a multiple of {@code length} numbers of {@code more} from {@code fromMore} on. */
  public static void add(
      double[] to, int from, double factor, float[] more, int fromMore, int length) {
    for (int i = 0; i < length; i++) {
      to[from + i] += factor * more[fromMore + i];
    }
  }

  /** The Euclidean distance. */
  public static double distance(double[] a, double[] b) {
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      squares += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(squares);
  }

  /** The L2 norm. */
  public static double norm(double[] values) {
    return Math.sqrt(dot(values, values));
  }

  /** Divides by the L2 norm, which it returns; zeros stay as they are. */
  public static double normalise(double[] values) {
    double norm = norm(values);
    for (int i = 0; i < values.length; i++) {
      values[i] = norm == 0 ? 0 : values[i] / norm;
    }
    return norm;
  }

  /**
   * The gradient by what was {@link #normalise}d: of y = z/‖z‖, (∂/∂y − y⟨y, ∂/∂y⟩)/‖z‖. Zeros have
   * no direction, and none.
   *
   * @param unit y
   * @param norm ‖z‖
   */
  public static double[] byDirection(double[] unit, double norm, double[] byUnit) {
    double[] by = new double[unit.length];
    if (norm == 0) {
      return by;
    }
    double along = dot(unit, byUnit);
    for (int k = 0; k < by.length; k++) {
      by[k] = (byUnit[k] - along * unit[k]) / norm;
    }
    return by;
  }
}
