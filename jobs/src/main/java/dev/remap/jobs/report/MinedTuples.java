package dev.remap.jobs.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.keys.KeyExceptions;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.keys.Keys;
import dev.remap.jobs.table.Weights;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a training mined in its last epoch, as rows of pictures.
 *
 * @param weights that came of it
 * @param count of all tuples
 * @param tuples the first of them
 */
record MinedTuples(String weights, int count, List<Tuple> tuples) {
  private static final int SHOWN = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** An image that is learnt from. */
  record Image(String imageId, Thumbnails.Thumbnail picture) {}

  /**
   * What one step learns from.
   *
   * @param positive of the query's group
   * @param negatives of other groups, the hardest first
   */
  record Tuple(Image query, Image positive, List<Image> negatives) {}

  MinedTuples {
    tuples = List.copyOf(tuples);
  }

  /**
   * Those that lie beside trained weights.
   *
   * @param thumbnails of the live snapshot, as that of the training may be garbage by now
   */
  static MinedTuples of(Store store, ArtifactManifest weights, Thumbnails thumbnails) {
    byte[] lines = store.readVerified(weights.file(Weights.MINED));
    List<String> all = new String(lines, StandardCharsets.UTF_8).lines().toList();
    Keys keys = new Keys(KeyHash.SHA_256, KeyExceptions.load(store));
    List<Tuple> tuples = new ArrayList<>();
    for (String line : all.subList(0, Math.min(SHOWN, all.size()))) {
      JsonNode tuple = parse(line);
      List<Image> negatives = new ArrayList<>();
      tuple.path("negatives").forEach(id -> negatives.add(image(id, keys, thumbnails)));
      tuples.add(
          new Tuple(
              image(tuple.path("query"), keys, thumbnails),
              image(tuple.path("positive"), keys, thumbnails),
              negatives));
    }
    return new MinedTuples(weights.id(), all.size(), tuples);
  }

  private static Image image(JsonNode id, Keys keys, Thumbnails thumbnails) {
    return new Image(id.asText(), thumbnails.of(keys.key(id.asText())));
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new StoreException(Weights.MINED + " has a line that is no JSON: " + line, e);
    }
  }
}
