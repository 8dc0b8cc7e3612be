package dev.remap.jobs.store.publication;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.JsonFields;
import dev.remap.jobs.store.Store;
import java.util.Optional;

/**
 * One entry of an index's log of publications.
 *
 * @param number 1, 2, 3, …; the highest is live
 * @param manifest of the generation that became live
 * @param run who published it
 * @param id unique to the act of publishing
 * @param verdict why it was published; entries of earlier builds, and those that a repair filled
 *     in, have none
 */
public record Published(
    int number, FileRef manifest, String run, String id, Optional<Verdict> verdict) {
  byte[] toBytes() {
    ObjectNode node = Json.versioned().put("number", number).put("published-by", run).put("id", id);
    node.set("manifest", manifest.toJson());
    verdict.ifPresent(why -> node.set("verdict", why.toJson()));
    return Json.bytes(node);
  }

  public static Published parse(String where, byte[] bytes, int number) {
    JsonFields fields = Json.parse(where, bytes);
    fields.schemaVersion(Store.SCHEMA_VERSION);
    fields.integer("number", number, number);
    String run = fields.text("published-by");
    String id = fields.text("id");
    JsonFields manifest = fields.object("manifest");
    FileRef file = FileRef.fromJson(manifest);
    manifest.end();
    Optional<Verdict> verdict = fields.optionalObject("verdict").map(Verdict::fromJson);
    fields.end();
    return new Published(number, file, run, id, verdict);
  }
}
