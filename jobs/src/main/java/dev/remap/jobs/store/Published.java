package dev.remap.jobs.store;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One entry of an index's log of publications.
 *
 * @param number 1, 2, 3, …; the highest is live
 * @param manifest of the generation that became live
 * @param run who published it
 * @param id unique to the act of publishing
 */
public record Published(int number, FileRef manifest, String run, String id) {
  byte[] toBytes() {
    ObjectNode node = Json.versioned().put("number", number).put("published-by", run).put("id", id);
    node.set("manifest", manifest.toJson());
    return Json.bytes(node);
  }

  static Published parse(String where, byte[] bytes, int number) {
    JsonFields fields = Json.parse(where, bytes);
    fields.schemaVersion(Store.SCHEMA_VERSION);
    fields.integer("number", number, number);
    String run = fields.text("published-by");
    String id = fields.text("id");
    JsonFields manifest = fields.object("manifest");
    FileRef file = FileRef.fromJson(manifest);
    manifest.end();
    fields.end();
    return new Published(number, file, run, id);
  }
}
