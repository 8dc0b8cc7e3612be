package dev.remap.core.region;

import java.util.Arrays;

/**
 * The boxes of one image that stand in for the regions of the grid: what a detector or a proposal
 * network has found. Sides are shares of the upright image, from its upper left corner; all lie
 * within it, and none is empty.
 */
public final class Boxes {
  /** The image as one box of score 1: what an image without boxes has. */
  public static final Boxes WHOLE = new Boxes(new float[] {0, 0, 1, 1, 1});

  /** More make one image as slow as a thousand others. */
  public static final int MOST = 1_000;

  private static final int FIELDS = 5;
  private static final int LEFT = 0;
  private static final int TOP = 1;
  private static final int RIGHT = 2;
  private static final int BOTTOM = 3;
  private static final int SCORE = 4;

  /** A side that lies so near to a cell's border lies on it: 0.1 + 0.2 is 0.3. */
  private static final double ON_BORDER = 1e-3;

  private final float[] values;

  private Boxes(float[] values) {
    this.values = values;
  }

  /** Collects boxes in the order in which they count. */
  public static final class Builder {
    private float[] values = new float[FIELDS];
    private int size;

    /**
     * Adds one, cut off at the image's borders.
     *
     * @param x left side, as a share of the image's width
     * @param y upper side, as a share of its height
     * @param score weight, at least 0; 1 where there are no scores
     * @return false if it is dropped: a value is not finite, nothing of it lies in the image, or
     *     the score is negative
     * @throws IllegalArgumentException if there are {@value Boxes#MOST} already
     */
    public boolean add(double x, double y, double width, double height, double score) {
      float left = (float) Math.max(0, x);
      float top = (float) Math.max(0, y);
      float right = (float) Math.min(1, x + width);
      float bottom = (float) Math.min(1, y + height);
      boolean finite = Double.isFinite(x + y + width + height) && Float.isFinite((float) score);
      if (!finite || !(left < right && top < bottom) || score < 0) {
        return false;
      }
      if (size == MOST) {
        throw new IllegalArgumentException(
            "an image has more than %d boxes: keep its best".formatted(MOST));
      }
      if ((size + 1) * FIELDS > values.length) {
        values = Arrays.copyOf(values, Math.min(MOST, 2 * size + 1) * FIELDS);
      }
      float[] box = {left, top, right, bottom, (float) score};
      System.arraycopy(box, 0, values, size++ * FIELDS, FIELDS);
      return true;
    }

    public int size() {
      return size;
    }

    /** All that were added; {@link #WHOLE} if there are none. */
    public Boxes build() {
      return size == 0 ? WHOLE : new Boxes(Arrays.copyOf(values, size * FIELDS));
    }
  }

  public int size() {
    return values.length / FIELDS;
  }

  /** The weight of box i, at least 0. */
  public float score(int i) {
    return values[i * FIELDS + SCORE];
  }

  /**
   * The cells of box i on a map: those that it touches, at least one.
   *
   * @param width of the map, in cells
   * @param height of the map
   */
  public Cells cells(int i, int width, int height) {
    int left = first(values[i * FIELDS + LEFT], width);
    int top = first(values[i * FIELDS + TOP], height);
    return new Cells(
        left,
        top,
        end(values[i * FIELDS + RIGHT], width, left),
        end(values[i * FIELDS + BOTTOM], height, top));
  }

  private static int first(double share, int cells) {
    return Math.min(cells - 1, (int) Math.floor(share * cells + ON_BORDER));
  }

  private static int end(double share, int cells, int first) {
    return Math.min(cells, Math.max(first + 1, (int) Math.ceil(share * cells - ON_BORDER)));
  }

  /** The cells [left, right) × [top, bottom) of a map. */
  public record Cells(int left, int top, int right, int bottom) {
    public int size() {
      return (right - left) * (bottom - top);
    }
  }
}
