package dev.remap.jobs.store.keys;

import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Utf8;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Image ids to keys: 63 bits, not negative. Replaced by tests that need collisions. */
@FunctionalInterface
public interface KeyHash extends Serializable {
  /**
   * The top 63 bits of SHA-256 of the UTF-8 id; with a salt, of the id, a zero byte and the salt.
   */
  KeyHash SHA_256 = KeyHash::sha256;

  /**
   * The key of an image id.
   *
   * @param salt 0, or 1, 2, … for an id whose keys below that salt belong to other ids
   */
  long key(String imageId, int salt);

  private static long sha256(String imageId, int salt) {
    MessageDigest digest = Sha256.digest();
    digest.update(Utf8.encode(imageId));
    if (salt > 0) {
      digest.update((byte) 0);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, salt));
    }
    return ByteBuffer.wrap(digest.digest()).getLong() >>> 1;
  }
}
