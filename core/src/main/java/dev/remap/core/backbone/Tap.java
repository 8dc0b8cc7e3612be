package dev.remap.core.backbone;

/**
 * One layer whose feature map the backbone returns.
 *
 * @param name for people and error messages
 * @param channels C of its map, at least 1
 * @param stride pixels per map cell, at least 1: the map of a picture with sides divisible by it is
 *     exactly that many times smaller
 */
public record Tap(String name, int channels, int stride) {
  public Tap {
    if (name.isBlank() || channels < 1 || stride < 1) {
      throw new IllegalArgumentException(
          "Tap is '%s' with %d channels and stride %d: needs a name, and numbers of at least 1"
              .formatted(name, channels, stride));
    }
  }
}
