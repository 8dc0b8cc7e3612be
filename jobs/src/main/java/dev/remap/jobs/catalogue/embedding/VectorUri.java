package dev.remap.jobs.catalogue.embedding;

import dev.remap.core.image.ImageException;
import dev.remap.jobs.store.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A vector in a URI (RFC 2397): the row of a listing then has all that is to be read, so that
 * nothing is looked up again, and what is described is what was listed.
 */
public final class VectorUri {
  private static final String START = "data:application/x-float32;base64,";

  private VectorUri() {}

  /** Of float32 values, the lowest byte first. */
  public static String of(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * vector.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(vector);
    return START + Base64.getEncoder().encodeToString(bytes.array());
  }

  /** Whether a URI is one. */
  public static boolean isOne(String uri) {
    return uri.startsWith(START);
  }

  /** The bytes of the vector in a URI that is one. */
  public static byte[] bytes(String uri) throws ImageException {
    try {
      return Base64.getDecoder().decode(uri.substring(START.length()));
    } catch (IllegalArgumentException e) {
      throw new ImageException("its vector is no Base64: " + e.getMessage());
    }
  }

  /** What tells a vector from others: a hash. */
  public static String version(String uri) {
    return Sha256.hex(uri.getBytes(StandardCharsets.US_ASCII)).substring(0, 16);
  }

  /** A URI for people: of a vector, that it is one. */
  public static String shown(String uri) {
    return isOne(uri) ? "given with the catalogue" : uri;
  }
}
