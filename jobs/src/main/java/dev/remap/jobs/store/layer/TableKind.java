package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.row.LayeredRow;
import dev.remap.jobs.store.row.Row;
import dev.remap.jobs.store.segment.RowFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The tables of a store, in the order in which each is made from the one before. All that differs
 * between them, and is not the work of the stage that makes them, is here.
 */
public enum TableKind {
  /** Listings of the catalogue. */
  SNAPSHOTS("snapshots", "snapshot", "", "snapshot"),
  /** What the extractor says of images, and why it says nothing of some. */
  DESCRIPTORS("descriptors", "descriptors", Inputs.EXTRACTOR, "extract"),
  /** Whitened descriptors. */
  VECTORS("vectors", "vectors", Inputs.WHITENING, "whiten"),
  /** Faiss files, a generation a layer. */
  SHARDS("indexes", "shards", "", "build"),
  /** The nearest images of each image of a generation; a layer carries the generation's number. */
  GRAPHS("graphs", "neighbors", "", "knn"),
  /** Near copies among the images of a generation, found in a graph. */
  DUPLICATES("duplicates", "duplicates", "", "dedup"),
  /** Labels of images, and whether the graph of a generation bears them out. */
  CLEANED("cleaned", "labels", "", "clean"),
  /** Vectors of a generation, each augmented by its nearest in a graph. */
  AUGMENTED("augmented", "augmented", "", "prepare"),
  /** Rows of truncated diffusion: what flows from each image of a generation to others. */
  FLOWS("flows", "flows", "", "prepare");

  private static final String REJECTS = "rejects";
  private static final String MOMENTS = "moments";

  private final String folder;
  private final String rows;
  private final String maker;
  private final String stage;

  TableKind(String folder, String rows, String maker, String stage) {
    this.folder = folder;
    this.rows = rows;
    this.maker = maker;
    this.stage = stage;
  }

  /** The kind that has a folder of that name directly below a store's root, also one beside. */
  public static Optional<TableKind> ofFolder(String name) {
    return Arrays.stream(values())
        .filter(kind -> kind.folders().contains(name) || kind.artifacts().equals(name))
        .findFirst();
  }

  /** The kind that has rows of that name. */
  public static Optional<TableKind> ofRows(String name) {
    return Arrays.stream(values())
        .filter(kind -> kind.rows.equals(name) || kind.beside().contains(name))
        .findFirst();
  }

  /** The names of all rows there are, as {@code files} lists them. */
  public static List<String> allRows() {
    return Arrays.stream(values())
        .flatMap(kind -> Stream.concat(Stream.of(kind.rows), kind.beside().stream()))
        .toList();
  }

  /** The folder below a store's root that has its ledgers. */
  public String folder() {
    return folder;
  }

  /** The folders below a store's root that have its files. */
  public List<String> folders() {
    return Stream.concat(Stream.of(folder), beside().stream()).toList();
  }

  /** The rows whose segments lie in folders of their own, by name. */
  private List<String> beside() {
    return this == DESCRIPTORS ? List.of(REJECTS, MOMENTS) : List.of();
  }

  /** The name of its rows in ledgers. */
  public String rows() {
    return rows;
  }

  /** The stage and command that makes its layers. */
  public String stage() {
    return stage;
  }

  /** The folder of the artifacts whose ids tables of this kind are named by; empty if none. */
  public String artifacts() {
    return maker.isEmpty() ? "" : maker + "s";
  }

  /** What its segments say they were computed from; empty if nothing. */
  String maker() {
    return maker;
  }

  /** Whether there is one for each artifact or index, rather than one in a store. */
  public boolean isNamed() {
    return this != SNAPSHOTS;
  }

  /** Its only table. */
  public TableId only() {
    return new TableId(this, "");
  }

  /** The table of that artifact or index. */
  public TableId of(String id) {
    return new TableId(this, id);
  }

  /**
   * Whether the lowest layer keeps its deletes: a key never passes to another image, also while its
   * own is gone.
   */
  public boolean keepsDeletes() {
    return this == SNAPSHOTS;
  }

  /** The rows that layers put and delete, by name: what a chain is read and merged by. */
  public List<String> layered() {
    return switch (this) {
      case SNAPSHOTS, VECTORS -> List.of(rows);
      case DESCRIPTORS -> List.of(rows, REJECTS);
      case SHARDS, GRAPHS, DUPLICATES, CLEANED, AUGMENTED, FLOWS -> List.of();
    };
  }

  /** Whether its layers carry the numbers of an index's generations, which they are made from. */
  public boolean isOfGenerations() {
    return this == GRAPHS || this == DUPLICATES || this == CLEANED || isPrepared();
  }

  /** Whether its layers are made ahead of searches, from the graph of a generation. */
  public boolean isPrepared() {
    return this == AUGMENTED || this == FLOWS;
  }

  /**
   * The format of rows that layers put and delete.
   *
   * @param name one of {@link #layered}
   * @param dimension values of a vector; 0 where rows have none
   */
  public RowFormat<? extends LayeredRow> layered(String name, int dimension) {
    return switch (name) {
      case REJECTS -> RowFormat.rejects();
      case "snapshot" -> RowFormat.snapshot();
      case "descriptors" -> RowFormat.descriptors(dimension);
      case "vectors" -> RowFormat.vectors(dimension);
      default -> throw new IllegalArgumentException("No layer puts or deletes rows of " + name);
    };
  }

  /** The format of rows of that name; nothing if it takes a dimension, which is not known. */
  public Optional<RowFormat<? extends Row>> format(String name, int dimension) {
    return switch (this) {
      case SHARDS -> Optional.empty();
      case GRAPHS -> Optional.of(RowFormat.neighbors());
      case DUPLICATES -> Optional.of(RowFormat.duplicates());
      case CLEANED -> Optional.of(RowFormat.labels());
      case AUGMENTED ->
          dimension == 0 ? Optional.empty() : Optional.of(RowFormat.augmented(dimension));
      case FLOWS -> Optional.of(RowFormat.flows());
      case SNAPSHOTS, DESCRIPTORS, VECTORS -> stored(name, dimension);
    };
  }

  private Optional<RowFormat<? extends Row>> stored(String name, int dimension) {
    boolean hasVectors = !name.equals(REJECTS) && this != SNAPSHOTS;
    if (hasVectors && dimension == 0) {
      return Optional.empty();
    }
    return Optional.of(
        name.equals(MOMENTS) ? RowFormat.moments(dimension) : layered(name, dimension));
  }

  /**
   * The layer that one of its layers is made from, whatever number of its own it lies on.
   *
   * @param number of the layer
   * @param inputs as far as they are known
   */
  Optional<LayerId> source(int number, Inputs inputs) {
    return switch (this) {
      case SNAPSHOTS -> Optional.empty();
      case DESCRIPTORS -> Optional.of(SNAPSHOTS.only().layer(number));
      case VECTORS -> inputs.find(Inputs.EXTRACTOR).map(id -> DESCRIPTORS.of(id).layer(number));
      case SHARDS ->
          inputs.find(Inputs.WHITENING).map(id -> VECTORS.of(id).layer(inputs.snapshot()));
      case GRAPHS -> inputs.find(Inputs.INDEX).map(index -> SHARDS.of(index).layer(number));
      case DUPLICATES, CLEANED, AUGMENTED, FLOWS -> inputs.find(Inputs.GRAPH).map(LayerId::require);
    };
  }
}
