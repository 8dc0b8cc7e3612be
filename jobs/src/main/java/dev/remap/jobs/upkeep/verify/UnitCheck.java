package dev.remap.jobs.upkeep.verify;

import dev.remap.index.jfaiss.FaissException;
import dev.remap.index.shard.Shard;
import dev.remap.jobs.spark.LocalCopy;
import dev.remap.jobs.stage.compact.CompactJob;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.UnitRecord;
import dev.remap.jobs.store.row.Row;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.store.segment.SegmentRef;
import dev.remap.jobs.table.ShardLayout;
import dev.remap.jobs.upkeep.verify.Finding.Cure;
import dev.remap.jobs.upkeep.verify.Finding.Problem;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks the record of one unit against the ledger, and every row of its segments or every list of
 * its shard.
 *
 * @param folder the layer's
 * @param unit the unit's number
 * @param from its first key
 * @param to its last key
 * @param layout what the range of a shard is made of
 * @param dimension values of a vector of the layer; 0 if that is not known: then digests alone are
 *     checked
 * @param digest of what the ledger says of the unit; empty without a ledger
 * @param named what the ledger names; what the record names counts where this is empty
 */
record UnitCheck(
    String folder,
    int unit,
    long from,
    long to,
    ShardLayout layout,
    int dimension,
    String digest,
    List<Named> named)
    implements Check {
  /** A segment or shard as it travels to a task. */
  record Named(String table, String path, long bytes, String sha256, long rows)
      implements Serializable {
    static Named of(String table, SegmentRef segment) {
      FileRef file = segment.file();
      return new Named(table, file.path(), file.bytes(), file.sha256(), segment.rows());
    }

    private SegmentRef ref() {
      return new SegmentRef(new FileRef(path, bytes, sha256), rows);
    }
  }

  /** For a unit that a sound ledger tells of. */
  static UnitCheck of(String folder, UnitRecord record, ShardLayout layout, int dimension) {
    KeyRange range = record.range();
    return new UnitCheck(
        folder,
        record.unit(),
        range.from(),
        range.to(),
        layout,
        dimension,
        Layer.digest(record),
        named(record));
  }

  /** For a unit of which only the record tells. */
  static UnitCheck of(String folder, int unit, int dimension) {
    return new UnitCheck(
        folder, unit, 0, Long.MAX_VALUE, ShardLayout.KEY, dimension, "", new ArrayList<>());
  }

  private static List<Named> named(UnitRecord record) {
    List<Named> named = new ArrayList<>();
    record.segments().forEach((table, segment) -> named.add(Named.of(table, segment)));
    return named;
  }

  @Override
  public ArrayList<Finding> run(Store store) {
    ArrayList<Finding> findings = new ArrayList<>();
    Layer layer = new Layer(store, folder);
    Optional<UnitRecord> record = record(store, layer, findings);
    List<Named> files = digest.isEmpty() ? record.map(UnitCheck::named).orElse(List.of()) : named;
    for (Named file : files) {
      try {
        store.reading(
            file.path,
            () -> {
              check(store, file);
              return file;
            });
      } catch (StoreException e) {
        findings.add(damaged(store, layer, file, e));
      }
    }
    return findings;
  }

  /** Without the layers that it was merged from, a merged one is better damaged than gone. */
  private Finding damaged(Store store, Layer layer, Named file, StoreException e) {
    StoreException.Damage damage = e.damage().orElseThrow(() -> e);
    boolean isLost = LayerChain.isMerged(folder) && !CompactJob.canMakeAgain(store, folder);
    return isLost
        ? Finding.damaged(store, damage, Cure.COPY, List.of())
        : Finding.damaged(
            store,
            damage,
            Cure.REMAKE,
            List.of(file.path, layer.recordPath(unit), layer.ledgerPath()));
  }

  private Optional<UnitRecord> record(Store store, Layer layer, List<Finding> findings) {
    String path = layer.recordPath(unit);
    try {
      Optional<UnitRecord> record = layer.record(unit);
      if (record.isEmpty()) {
        String how = "the ledger names its unit";
        findings.add(new Finding(path, Problem.MISSING, how, Cure.RESTORE, List.of()));
      } else if (!digest.isEmpty() && !digest.equals(Layer.digest(record.get()))) {
        String how = "the ledger says something else of its unit";
        List<String> remove = List.of(path, layer.ledgerPath());
        findings.add(new Finding(path, Problem.CONTRADICTORY, how, Cure.REMAKE, remove));
      }
      return record;
    } catch (StoreException e) {
      Cure cure = digest.isEmpty() ? Cure.REMAKE : Cure.RESTORE;
      findings.add(Finding.damaged(store, e.damage().orElseThrow(() -> e), cure, List.of(path)));
      return Optional.empty();
    }
  }

  private void check(Store store, Named file) {
    if (file.table.equals(TableKind.SHARDS.rows())) {
      checkShard(store, file);
      return;
    }
    Optional<RowFormat<? extends Row>> format =
        TableKind.ofRows(file.table).flatMap(kind -> kind.format(file.table, dimension));
    if (format.isPresent()) {
      readRows(store, file, format.get());
    } else {
      store.verify(file.ref().file());
    }
  }

  private <R extends Row> void readRows(Store store, Named file, RowFormat<R> format) {
    // Moments have numbers of rows where the others have keys.
    boolean keyed = !file.table.equals("moments");
    KeyRange range = new KeyRange(from, to);
    try (SegmentReader<R> rows =
        SegmentReader.open(store, file.ref(), format).computedFrom(origin())) {
      while (rows.hasNext()) {
        long key = rows.next().key();
        if (keyed && !range.contains(key)) {
          String how = "its key " + key + " is outside its unit's keys " + range;
          throw StoreException.damaged(store.locate(file.path), how);
        }
      }
    }
  }

  private Map<String, String> origin() {
    return LayerId.of(folder).map(layer -> layer.table().origin()).orElse(Map.of());
  }

  private void checkShard(Store store, Named file) {
    try (LocalCopy copy = LocalCopy.of(store, file.ref().file());
        Shard shard = Shard.open(copy.path(), file.sha256, file.bytes)) {
      if (shard.size() != file.rows) {
        String how = "it has " + shard.size() + " entries, recorded were " + file.rows;
        throw StoreException.damaged(store.locate(file.path), how);
      }
      layout
          .outside(shard, new KeyRange(from, to))
          .ifPresent(
              how -> {
                throw StoreException.damaged(store.locate(file.path), how);
              });
    } catch (FaissException | IllegalArgumentException e) {
      throw StoreException.damaged(store.locate(file.path), e.getMessage(), e);
    }
  }
}
