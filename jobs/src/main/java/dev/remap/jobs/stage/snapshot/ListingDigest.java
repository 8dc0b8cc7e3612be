package dev.remap.jobs.stage.snapshot;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.store.Sha256;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;

/**
 * A fingerprint of a set of listed images that does not depend on their order: their number, and
 * the sum of their digests' first 128 bits, in two wrapping halves.
 */
record ListingDigest(long images, long high, long low) implements Serializable {
  static final ListingDigest EMPTY = new ListingDigest(0, 0, 0);

  ListingDigest add(ListedImage image) {
    MessageDigest digest = Sha256.digest();
    for (String part : new String[] {image.imageId(), image.uri(), image.version()}) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
      digest.update(bytes);
    }
    if (image.offset().isPresent()) {
      digest.update(
          ByteBuffer.allocate(2 * Long.BYTES)
              .putLong(image.range().from())
              .putLong(image.range().size())
              .flip());
    }
    ByteBuffer bits = ByteBuffer.wrap(digest.digest());
    return new ListingDigest(images + 1, high + bits.getLong(), low + bits.getLong());
  }

  ListingDigest add(ListingDigest other) {
    return new ListingDigest(images + other.images, high + other.high, low + other.low);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%d-%016x%016x", images, high, low);
  }
}
