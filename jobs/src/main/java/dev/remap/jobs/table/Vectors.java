package dev.remap.jobs.table;

import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.NumberedTable;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.RowFormat;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The vectors of one snapshot by one whitening.
 *
 * @param whitening the whitening's id
 * @param snapshot number of the snapshot
 * @param dimension components of a vector
 * @param leftOut the folder of a layer of duplicates, which are not among them; empty if nothing is
 *     left out
 */
public record Vectors(String whitening, int snapshot, int dimension, String leftOut)
    implements Serializable {
  /** What a layer of duplicates counts those by that are not the kept ones of their groups. */
  public static final String LEFT_OUT = "duplicates";

  /** All there are. */
  public Vectors(String whitening, int snapshot, int dimension) {
    this(whitening, snapshot, dimension, "");
  }

  /**
   * The newest complete ones that come from the settings' extractor.
   *
   * @param wanted id of their whitening; null where there is only one
   * @param snapshot number of the snapshot; null for the newest
   */
  public static Vectors choose(JobContext context, String wanted, Integer snapshot) {
    Store store = context.store();
    String extractor = ExtractorFiles.id(context);
    List<Vectors> found = new ArrayList<>();
    for (ArtifactManifest manifest : Whitenings.all(store)) {
      if (extractor.equals(manifest.inputs().extractor())
          && (wanted == null || wanted.equals(manifest.id()))) {
        int dimension = Whitenings.load(store, manifest.id()).dimension();
        NumberedFolders.in(store, TableKind.VECTORS.of(manifest.id()).folder()).stream()
            .filter(number -> snapshot == null || number.equals(snapshot))
            .sorted(Comparator.reverseOrder())
            .map(number -> new Vectors(manifest.id(), number, dimension))
            .filter(vectors -> Ledgers.find(store, vectors.folder()).isPresent())
            .findFirst()
            .ifPresent(found::add);
      }
    }
    Comparator<Vectors> bySnapshot = Comparator.comparingInt(Vectors::snapshot);
    int newest =
        found.stream()
            .max(bySnapshot)
            .orElseThrow(
                () ->
                    new InputException(
                        "There are no complete vectors%s from extractor %s, which the settings"
                            + " describe: run `%s`",
                        snapshot == null ? "" : " of snapshot " + snapshot,
                        extractor,
                        whiten(context, wanted, snapshot)))
            .snapshot;
    List<Vectors> candidates =
        found.stream().filter(vectors -> vectors.snapshot == newest).toList();
    if (candidates.size() > 1) {
      throw new InputException(
          "Snapshot %d has vectors by several whitenings (%s): choose one with --whitening (of a"
              + " build, one of its quantizers with --quantizer)",
          newest, String.join(", ", candidates.stream().map(Vectors::whitening).toList()));
    }
    return candidates.get(0);
  }

  private static CommandText whiten(JobContext context, String wanted, Integer snapshot) {
    CommandText line = context.line("whiten");
    line = snapshot == null ? line : line.with("--snapshot", snapshot);
    return wanted == null ? line : line.with("--whitening", wanted);
  }

  public String folder() {
    return TableKind.VECTORS.of(whitening).layer(snapshot).folder();
  }

  public Layer layer(Store store) {
    return new Layer(store, folder());
  }

  /** The newest layer's ledger. */
  public Ledger ledger(Store store) {
    return Ledgers.of(store, folder());
  }

  /** Without the duplicates that a layer names, if there is one. */
  public Vectors without(Optional<String> duplicates) {
    return new Vectors(whitening, snapshot, dimension, duplicates.orElse(""));
  }

  /** What they are read from; without what is left out. */
  public LayerChain chain(Store store) {
    return table().chain(store).without(leftOut);
  }

  /** The table that they are one number of. */
  public NumberedTable table() {
    return new NumberedTable(TableKind.VECTORS.of(whitening), snapshot, dimension);
  }

  public RowFormat<VectorRow> format() {
    return RowFormat.vectors(dimension);
  }

  /** Units for reading. */
  public List<Unit> units(JobContext context) {
    Store store = context.store();
    LayerChain chain = chain(store);
    long rows = chain.storedRows(store, TableKind.VECTORS.rows());
    long perUnit = context.unitSize().ofRows(rows);
    return chain.isFlat()
        ? KeyPartitioner.of(chain.newest(store), TableKind.VECTORS.rows(), perUnit)
        : KeyPartitioner.even(rows, perUnit);
  }

  /** How many vectors there are. */
  public long rows(JobContext context) {
    return RowCounter.count(context, chain(context.store()), this::format)
        - duplicates(context.store());
  }

  /** How many are left out. */
  public long duplicates(Store store) {
    return leftOut.isEmpty() ? 0 : Ledgers.of(store, leftOut).counts().getOrDefault(LEFT_OUT, 0L);
  }
}
