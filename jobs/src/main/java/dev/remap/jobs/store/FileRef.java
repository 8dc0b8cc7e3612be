package dev.remap.jobs.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;

/**
 * Names one immutable file of the store and what it must contain.
 *
 * @param path relative to the store's root
 * @param bytes its length
 * @param sha256 64 lower-case hexadecimal digits
 */
public record FileRef(String path, long bytes, String sha256) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** One PiB: above every limit of every file system the store knows. */
  private static final long MAX_BYTES = 1L << 50;

  /**
   * Throws {@link IllegalArgumentException} for a path that leaves the root or a strange digest.
   */
  public FileRef {
    StorePath.check(path);
    if (bytes < 0) {
      throw new IllegalArgumentException(path + " has " + bytes + " bytes");
    }
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(path + " has '" + sha256 + "' where a SHA-256 belongs");
    }
  }

  /** As records and manifests hold it. */
  public ObjectNode toJson() {
    return Json.object().put("path", path).put("bytes", bytes).put("sha256", sha256);
  }

  /** Reads the three fields of {@link #toJson()}; others may stand beside them. */
  public static FileRef fromJson(JsonFields fields) {
    String path = fields.text("path");
    long bytes = fields.integer("bytes", 0, MAX_BYTES);
    String sha256 = fields.text("sha256");
    return fields.build(() -> new FileRef(path, bytes, sha256));
  }
}
