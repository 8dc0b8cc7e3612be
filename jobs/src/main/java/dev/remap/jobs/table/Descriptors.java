package dev.remap.jobs.table;

import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.whitening.Metric;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.NumberedTable;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.RowFormat;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The descriptors of one snapshot by one extractor.
 *
 * @param extractor the extractor's id
 * @param snapshot number of the snapshot
 * @param dimension components of a descriptor
 */
public record Descriptors(String extractor, int snapshot, int dimension) implements Serializable {
  /**
   * Those that the settings' extractor made of the given snapshot, or of the newest it described.
   */
  public static Descriptors choose(JobContext context, Integer snapshot) {
    Store store = context.store();
    ExtractorSpec spec = ExtractorFiles.spec(context);
    String extractor = ExtractorFiles.id(spec);
    Optional<Integer> newest =
        NumberedFolders.in(store, TableKind.DESCRIPTORS.of(extractor).folder()).stream()
            .filter(number -> snapshot == null || number.equals(snapshot))
            .sorted(Comparator.reverseOrder())
            .filter(
                number ->
                    Ledgers.find(store, TableKind.DESCRIPTORS.of(extractor).layer(number).folder())
                        .isPresent())
            .findFirst();
    if (newest.isEmpty()) {
      throw none(context, extractor, snapshot);
    }
    return new Descriptors(extractor, newest.get(), dimension(spec));
  }

  /** Those of one snapshot by one extractor, if they are complete. */
  public static Optional<Descriptors> find(JobContext context, String extractor, int snapshot) {
    Store store = context.store();
    if (Ledgers.find(store, TableKind.DESCRIPTORS.of(extractor).layer(snapshot).folder())
        .isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(of(store, extractor, snapshot));
  }

  /** Those of one snapshot by one extractor, complete or not. */
  static Descriptors of(Store store, String extractor, int snapshot) {
    ArtifactManifest artifact = new Artifacts(store).require(Layout.extractor(extractor));
    int dimension = dimension(ExecutorExtractors.spec(store, artifact));
    return new Descriptors(extractor, snapshot, dimension);
  }

  private static InputException none(JobContext context, String extractor, Integer snapshot) {
    List<String> others =
        context.store().list(TableKind.DESCRIPTORS.folder()).stream()
            .filter(id -> !id.equals(extractor))
            .toList();
    String which = snapshot == null ? "" : " of snapshot " + snapshot;
    return new InputException(
        "There are no complete descriptors%s by extractor %s, which the settings describe%s. Run"
            + " `%s`, or give the settings that extracted",
        which,
        extractor,
        others.isEmpty() ? "" : "; the store has those of " + String.join(", ", others),
        snapshot == null
            ? context.line("extract")
            : context.line("extract").with("--snapshot", snapshot));
  }

  public static int dimension(ExtractorSpec spec) {
    return spec.dimension();
  }

  /** How what becomes of them is compared. */
  public Metric metric(Store store) {
    return ExecutorExtractors.spec(store, artifact(store)).metric();
  }

  String folder() {
    return TableKind.DESCRIPTORS.of(extractor).layer(snapshot).folder();
  }

  /** The newest layer's ledger. */
  public Ledger ledger(Store store) {
    return Ledgers.of(store, folder());
  }

  public LayerChain chain(Store store) {
    return table().chain(store);
  }

  /** The layers above those of an earlier snapshot. */
  public LayerChain since(Store store, int below) {
    return LayerChain.between(store, TableKind.DESCRIPTORS.of(extractor).folder(), below, snapshot);
  }

  /** Whether the layers above those of an earlier snapshot are all there. */
  public boolean isSince(Store store, int below) {
    return LayerChain.since(store, TableKind.DESCRIPTORS.of(extractor).folder(), below, snapshot)
        .isPresent();
  }

  /** The table that they are one number of. */
  public NumberedTable table() {
    return new NumberedTable(TableKind.DESCRIPTORS.of(extractor), snapshot, dimension);
  }

  public RowFormat<VectorRow> format() {
    return RowFormat.descriptors(dimension);
  }

  /** How many images are described. */
  public long rows(JobContext context) {
    return RowCounter.count(context, chain(context.store()), this::format);
  }

  ArtifactManifest artifact(Store store) {
    return new Artifacts(store).require(Layout.extractor(extractor));
  }
}
