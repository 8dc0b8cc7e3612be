package dev.remap.jobs.stage.compact;

import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.segment.LayeredRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.RowCounter;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Vectors;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * A table at one number, whose layers can be merged.
 *
 * @param id of the extractor or whitening; empty for snapshots
 * @param dimension values of a vector; 0 for snapshots
 */
public record Compactable(Kind kind, String id, int number, int dimension) implements Serializable {
  public enum Kind {
    SNAPSHOTS,
    DESCRIPTORS,
    VECTORS
  }

  /** Where one of its row formats is kept: rejects lie beside the descriptors. */
  record Part(String folder, RowFormat<? extends LayeredRow> format) {}

  public static Compactable of(Vectors vectors) {
    return new Compactable(
        Kind.VECTORS, vectors.whitening(), vectors.snapshot(), vectors.dimension());
  }

  public static Compactable of(Descriptors descriptors) {
    return new Compactable(
        Kind.DESCRIPTORS, descriptors.extractor(), descriptors.snapshot(), descriptors.dimension());
  }

  public static Compactable snapshots(int number) {
    return new Compactable(Kind.SNAPSHOTS, "", number, 0);
  }

  /** The folder of all its layers. */
  public String table() {
    return switch (kind) {
      case SNAPSHOTS -> Snapshots.FOLDER;
      case DESCRIPTORS -> Descriptors.tableFolder(id);
      case VECTORS -> Vectors.tableFolder(id);
    };
  }

  /** The name of its rows in ledgers. */
  public String rows() {
    return switch (kind) {
      case SNAPSHOTS -> Snapshots.TABLE;
      case DESCRIPTORS -> Descriptors.TABLE;
      case VECTORS -> Vectors.TABLE;
    };
  }

  /** Makes the format of its rows. */
  RowCounter.Format format() {
    int values = dimension;
    return switch (kind) {
      case SNAPSHOTS -> RowFormat::snapshot;
      case DESCRIPTORS -> () -> RowFormat.descriptors(values);
      case VECTORS -> () -> RowFormat.vectors(values);
    };
  }

  /** What a layer of that name is made of. */
  List<Part> parts(String name) {
    return switch (kind) {
      case SNAPSHOTS -> List.of(new Part(Layout.snapshot(name), RowFormat.snapshot()));
      case DESCRIPTORS ->
          List.of(
              new Part(Layout.descriptors(id, name), RowFormat.descriptors(dimension)),
              new Part(Layout.rejects(id, name), RowFormat.rejects()));
      case VECTORS -> List.of(new Part(Layout.vectors(id, name), RowFormat.vectors(dimension)));
    };
  }

  /** What its segments say they were computed from. */
  Map<String, String> fingerprints() {
    return switch (kind) {
      case SNAPSHOTS -> Map.of();
      case DESCRIPTORS -> Map.of("extractor", id);
      case VECTORS -> Map.of("whitening", id);
    };
  }

  /**
   * Whether the lowest layer keeps its deletes: a key never passes to another image, also while its
   * own is gone.
   */
  boolean keepsDeletes() {
    return kind == Kind.SNAPSHOTS;
  }

  @Override
  public String toString() {
    return kind == Kind.SNAPSHOTS ? table() : table().replaceFirst("/", " ");
  }
}
