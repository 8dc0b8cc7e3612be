package dev.remap.jobs.store.keys;

import java.io.Serializable;

/** Gives every image id its key, the exceptions included. Travels to tasks. */
public final class Keys implements Serializable {
  private static final long serialVersionUID = 1L;

  private final KeyHash hash;
  private final KeyExceptions exceptions;

  public Keys(KeyHash hash, KeyExceptions exceptions) {
    this.hash = hash;
    this.exceptions = exceptions;
  }

  /** The key of an id, the same in every run. Throws {@link IllegalArgumentException} for no id. */
  public long key(String imageId) {
    if (imageId.isEmpty()) {
      throw new IllegalArgumentException("An image has an empty id: every image needs one");
    }
    return exceptions.saltedKey(imageId).orElseGet(() -> hash.key(imageId, 0));
  }
}
