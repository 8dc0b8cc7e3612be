package dev.remap.core.pooling;

import dev.remap.core.backbone.Tap;
import dev.remap.core.json.StrictJson;
import dev.remap.core.whitening.Moments;
import dev.remap.core.whitening.Whitening;
import java.util.Arrays;
import java.util.Base64;

/**
 * The projection of single regions before they are summed: a {@link Whitening} of as many
 * components as the last layer has channels, in the format that {@link Whitening#toBytes} writes.
 * One is fitted like any other, from moments of regions ({@link #addTo}); a trained layer is one as
 * well, its bias as −mean.
 *
 * <p>An extractor carries the whole file, in Base64: its fingerprint covers every bit, and it needs
 * no file beside.
 */
public final class RegionWhitening {
  public static final String NAME = "region-whitening";

  private final byte[] bytes;
  private final Whitening whitening;

  private RegionWhitening(byte[] bytes) {
    this.bytes = bytes;
    this.whitening = Whitening.fromBytes(bytes);
  }

  /**
   * Adds the regions of an image to what a whitening is fitted from ({@link Whitening#fit}); those
   * without activation are left out, as they are not projected either.
   *
   * @param regions as {@link RegionPooling#vectors} gives them, for {@code dir}
   */
  public static void addTo(Moments moments, float[][] regions) {
    for (float[] region : regions) {
      if (hasActivation(region)) {
        moments.add(region);
      }
    }
  }

  /** Of a whitening at hand. */
  public static RegionWhitening of(Whitening whitening) {
    return new RegionWhitening(whitening.toBytes());
  }

  /**
   * Reads the content of a file, ours or NumPy's: see {@link Whitening#fromFile}.
   *
   * @throws IllegalArgumentException if the bytes are damaged, cut off or of another format
   */
  public static RegionWhitening parse(byte[] bytes) {
    try {
      return of(Whitening.fromFile(bytes));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("extractor." + NAME + ": " + e.getMessage(), e);
    }
  }

  static RegionWhitening read(StrictJson node) {
    try {
      return parse(Base64.getDecoder().decode(node.text(NAME)));
    } catch (IllegalArgumentException e) {
      throw node.problem(NAME, "no file in Base64", "must be one (" + e.getMessage() + ")");
    }
  }

  /** What it is made of. */
  public Whitening whitening() {
    return whitening;
  }

  /** For JSON. */
  String text() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  int dimension() {
    return whitening.dimension();
  }

  /** Finds out before the first forward pass. */
  public void requireFits(Tap tap) {
    if (whitening.inputDimension() != tap.channels()) {
      throw new IllegalArgumentException(
          "extractor.%s is for regions of %d channels, and the tap '%s' has %d: fit one on regions of this backbone"
              .formatted(NAME, whitening.inputDimension(), tap.name(), tap.channels()));
    }
  }

  /**
   * Projects regions to unit length. One without activation stays zero, as everywhere, where the
   * formula would make the same direction of all of them; one that is not finite becomes NaN.
   *
   * @param regions rows of as many components as the layer has channels
   */
  float[][] project(float[][] regions) {
    float[][] projected = new float[regions.length][];
    for (int r = 0; r < regions.length; r++) {
      projected[r] = project(regions[r]);
    }
    return projected;
  }

  private float[] project(float[] region) {
    float[] constant = new float[dimension()];
    for (float value : region) {
      if (!Float.isFinite(value)) {
        Arrays.fill(constant, Float.NaN);
        return constant;
      }
    }
    return hasActivation(region) ? whitening.project(region) : constant;
  }

  private static boolean hasActivation(float[] region) {
    for (float value : region) {
      if (value != 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RegionWhitening that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "RegionWhitening[%d to %d]".formatted(whitening.inputDimension(), dimension());
  }
}
