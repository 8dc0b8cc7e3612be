package dev.remap.core.backbone;

/**
 * One layer whose feature map the backbone returns.
 *
 * @param name for people and error messages
 * @param channels C of its map, 1 to {@value #MOST_CHANNELS}
 * @param stride pixels per map cell, 1 to {@value #LARGEST_STRIDE}: the map of a picture with sides
 *     divisible by it is exactly that many times smaller; or {@link #ONE_CELL}
 */
public record Tap(String name, int channels, int stride) {
  /** The stride of a fully connected layer: one cell, whatever the picture's size. */
  public static final int ONE_CELL = 0;

  static final int MOST_CHANNELS = 1 << 16;
  static final int LARGEST_STRIDE = 1024;

  private static final int LONGEST_NAME = 200;

  public Tap {
    if (name.isBlank()
        || name.length() > LONGEST_NAME
        || channels < 1
        || channels > MOST_CHANNELS
        || stride < ONE_CELL
        || stride > LARGEST_STRIDE) {
      throw new IllegalArgumentException(
          "Tap is '%.200s' with %d channels and stride %d: needs a name of at most %d characters, 1 to %d channels and a stride of 1 to %d, or 0 for one cell"
              .formatted(name, channels, stride, LONGEST_NAME, MOST_CHANNELS, LARGEST_STRIDE));
    }
  }

  /** Whether its map is one cell, whatever the picture's size. */
  public boolean isOneCell() {
    return stride == ONE_CELL;
  }

  /**
   * Cells along that many pixels; where the stride does not divide them, as most networks round.
   */
  public int cells(int pixels) {
    return isOneCell() ? 1 : (pixels + stride - 1) / stride;
  }
}
