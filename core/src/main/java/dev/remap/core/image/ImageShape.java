package dev.remap.core.image;

/** Width and height in pixels, both at least 1. */
public record ImageShape(int width, int height) {
  public ImageShape {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "Image shape is " + width + "x" + height + ": both sides must be at least 1");
    }
  }

  public int longSide() {
    return Math.max(width, height);
  }

  public int shortSide() {
    return Math.min(width, height);
  }
}
