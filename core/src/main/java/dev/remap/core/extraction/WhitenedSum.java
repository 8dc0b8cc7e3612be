package dev.remap.core.extraction;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.json.StrictJson;
import dev.remap.core.whitening.Whitening;
import java.util.Arrays;
import java.util.Base64;

/**
 * Σ weight · y over the scales, y being the descriptor at a scale, whitened and at L2 norm 1: REMAP
 * as it is printed (Husain and Bober, TIP 2019, fig. 1 and eq. 3). One whitening serves all scales,
 * as their descriptors are of the same channels. A descriptor of zeros adds nothing, where the
 * formula would give all of them the same direction.
 *
 * <p>An extractor carries the whole file, in Base64.
 */
public final class WhitenedSum implements ScaleCombination {
  public static final String NAME = "whitened-sum";

  /** The setting that names the file. */
  public static final String SETTING = "scale-whitening";

  private final byte[] bytes;
  private final Whitening whitening;

  private WhitenedSum(Whitening whitening) {
    this.bytes = whitening.toBytes();
    this.whitening = whitening;
  }

  /**
   * Reads the content of a file, ours or NumPy's: see {@link Whitening#fromFile}.
   *
   * @throws IllegalArgumentException if the bytes are damaged, cut off or of another format
   */
  public static WhitenedSum parse(byte[] bytes) {
    try {
      return new WhitenedSum(Whitening.fromFile(bytes));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("extractor." + SETTING + ": " + e.getMessage(), e);
    }
  }

  static WhitenedSum read(StrictJson node) {
    try {
      return parse(Base64.getDecoder().decode(node.text(SETTING)));
    } catch (IllegalArgumentException e) {
      throw node.problem(SETTING, "no file in Base64", "must be one (" + e.getMessage() + ")");
    }
  }

  @Override
  public int dimension(int aggregated) {
    if (whitening.inputDimension() != aggregated) {
      throw new IllegalArgumentException(
          "extractor.%s is for descriptors of %d components, and those of a scale have %d: fit one on descriptors of this aggregator and backbone"
              .formatted(SETTING, whitening.inputDimension(), aggregated));
    }
    return whitening.dimension();
  }

  @Override
  public Combined start(int aggregated) {
    double[] sum = new double[dimension(aggregated)];
    return new Combined() {
      @Override
      public void add(Scale scale, float[] raw) {
        if (isZero(raw)) {
          return;
        }
        float[] whitened = isFinite(raw) ? whitening.project(raw) : null;
        for (int i = 0; i < sum.length; i++) {
          sum[i] += whitened == null ? Double.NaN : (double) scale.weight() * whitened[i];
        }
      }

      @Override
      public float[] descriptor() {
        float[] descriptor = new float[sum.length];
        for (int i = 0; i < sum.length; i++) {
          descriptor[i] = (float) sum[i];
        }
        return descriptor;
      }
    };
  }

  private static boolean isZero(float[] raw) {
    for (float value : raw) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isFinite(float[] raw) {
    for (float value : raw) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Scale canonical(Scale scale) {
    return scale;
  }

  @Override
  public void write(ObjectNode node) {
    node.put("name", NAME).put(SETTING, Base64.getEncoder().encodeToString(bytes));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WhitenedSum that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "WhitenedSum[%d to %d]".formatted(whitening.inputDimension(), whitening.dimension());
  }
}
