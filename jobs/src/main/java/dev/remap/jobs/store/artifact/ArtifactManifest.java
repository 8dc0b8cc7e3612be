package dev.remap.jobs.store.artifact;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.JsonFields;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What makes the files of an artifact count: created last, at most once.
 *
 * @param id the artifact's name
 * @param kind what it is, such as {@code whitening}
 * @param files by the name they were given, where they are and what they must contain
 * @param inputs what it was made from
 * @param run who made it
 */
public record ArtifactManifest(
    String id, String kind, SortedMap<String, FileRef> files, Inputs inputs, String run) {
  public ArtifactManifest {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /** The file of that name; throws {@link StoreException} if there is none. */
  public FileRef file(String name) {
    FileRef file = files.get(name);
    if (file == null) {
      throw new StoreException(
          "The " + kind + " " + id + " has no file '" + name + "', only " + files.keySet());
    }
    return file;
  }

  byte[] toBytes() {
    ObjectNode node = Json.versioned().put("id", id).put("kind", kind).put("created-by", run);
    ObjectNode fileNodes = node.putObject("files");
    files.forEach((name, file) -> fileNodes.set(name, file.toJson()));
    Json.putAll(node.putObject("inputs"), inputs.byName());
    return Json.bytes(node);
  }

  public static ArtifactManifest parse(String where, byte[] bytes) {
    JsonFields fields = Json.parse(where, bytes);
    fields.schemaVersion(Store.SCHEMA_VERSION);
    String id = fields.text("id");
    String kind = fields.text("kind");
    String run = fields.text("created-by");
    SortedMap<String, FileRef> files = fields.map("files", ArtifactManifest::file);
    Inputs inputs = new Inputs(fields.texts("inputs"));
    fields.end();
    return new ArtifactManifest(id, kind, files, inputs, run);
  }

  private static FileRef file(JsonFields files, String name) {
    JsonFields fields = files.object(name);
    FileRef file = FileRef.fromJson(fields);
    fields.end();
    return file;
  }
}
