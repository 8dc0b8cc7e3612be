package dev.remap.jobs.store.layer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.JsonFields;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.segment.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the attempts at one unit had in hand: small files beside the layer's records, in a folder of
 * the unit, each naming the keys that one attempt gives to native code next. An attempt removes its
 * notes as it goes; one whose JVM dies leaves them. They decide nothing but where to look for an
 * image that kills.
 */
public final class InFlightNotes {
  private static final int MAX_BYTES = 1 << 16;

  private final Layer layer;
  private final Unit unit;
  private final Attempt attempt;
  private final List<String> own = new ArrayList<>();
  private int written;

  /** The notes of an attempt, none yet. */
  public InFlightNotes(Layer layer, Unit unit, Attempt attempt) {
    this.layer = layer;
    this.unit = unit;
    this.attempt = attempt;
  }

  /**
   * What an attempt that is over had in hand.
   *
   * @param attempt its name
   * @param keys from the first to the last
   */
  public record Note(String attempt, KeyRange keys) {}

  /** Notes that keys are in hand from now on; returns the note's path. */
  public String write(KeyRange keys) {
    String path = String.format(Locale.ROOT, "%s/%s-%d.json", folder(), attempt, written++);
    ObjectNode node =
        Json.versioned()
            .put("attempt", attempt.toString())
            .put("from", keys.from())
            .put("to", keys.to());
    own.add(path);
    layer.store().create(path, Json.bytes(node));
    return path;
  }

  /** Removes one of this attempt's notes. */
  public void remove(String path) {
    layer.store().deleteQuietly(path);
    own.remove(path);
  }

  /** Removes this attempt's notes: it ends, and its JVM lives. */
  public void removeOwn() {
    List.copyOf(own).forEach(this::remove);
  }

  /** Removes everybody's notes of the unit and their folder: it is committed. */
  public void removeAll() {
    paths().forEach(layer.store()::deleteQuietly);
    layer.store().deleteQuietly(folder());
    own.clear();
  }

  /** What other attempts have left. One that cannot be read is one whose writer died: no note. */
  public List<Note> left() {
    return paths().stream()
        .filter(path -> !own.contains(path))
        .map(this::read)
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<Note> read(String path) {
    Store store = layer.store();
    try {
      return store
          .readIfPresent(path, MAX_BYTES)
          .map(
              bytes -> {
                JsonFields fields = Json.parse(store.locate(path), bytes);
                fields.schemaVersion(Store.SCHEMA_VERSION);
                Note note = new Note(fields.text("attempt"), UnitRecord.range(fields));
                fields.end();
                return note;
              });
    } catch (StoreException e) {
      if (e.damage().isEmpty()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private List<String> paths() {
    return layer.store().list(folder()).stream().map(name -> folder() + "/" + name).toList();
  }

  /** Its own, since all units at work together have more notes than one listing should tell. */
  private String folder() {
    return String.format(Locale.ROOT, "%s/inflight/u%06d", layer.folder(), unit.number());
  }
}
