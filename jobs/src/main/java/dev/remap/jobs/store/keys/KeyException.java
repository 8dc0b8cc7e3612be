package dev.remap.jobs.store.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.JsonFields;
import dev.remap.jobs.store.Store;
import java.io.Serializable;

/**
 * The record of one id that could not have the key its hash gives, kept for ever.
 *
 * @param key what the hash gives
 * @param holder the id that has it
 * @param imageId the id that cannot
 * @param salt what gives it the other key
 * @param saltedKey the key it has instead
 */
public record KeyException(long key, String holder, String imageId, int salt, long saltedKey)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  byte[] toBytes() {
    ObjectNode node =
        Json.versioned()
            .put("key", key)
            .put("holder", holder)
            .put("image-id", imageId)
            .put("salt", salt)
            .put("salted-key", saltedKey);
    return Json.bytes(node);
  }

  public static KeyException parse(String where, byte[] bytes) {
    JsonFields fields = Json.parse(where, bytes);
    fields.schemaVersion(Store.SCHEMA_VERSION);
    long key = fields.integer("key", 0, Long.MAX_VALUE);
    String holder = fields.text("holder");
    String imageId = fields.text("image-id");
    int salt = (int) fields.integer("salt", 1, Integer.MAX_VALUE);
    long saltedKey = fields.integer("salted-key", 0, Long.MAX_VALUE);
    fields.end();
    return new KeyException(key, holder, imageId, salt, saltedKey);
  }
}
