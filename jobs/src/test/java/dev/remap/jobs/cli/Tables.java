package dev.remap.jobs.cli;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.row.Row;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** What a store's layers hold. */
final class Tables {
  private final Store store;

  Tables(Path store) {
    this.store = Store.open(store.toUri().toString(), new Configuration());
  }

  /** The only folder below one that has a single child, such as the one extractor's. */
  String only(String folder) {
    List<String> names = store.list(folder);
    if (names.size() != 1) {
      throw new IllegalStateException(folder + " has " + names);
    }
    return folder + "/" + names.get(0);
  }

  Ledger ledger(String folder) {
    return new Layer(store, folder).requireLedger();
  }

  /** All rows that the ledger of a layer names for one of its tables, in order of keys. */
  <R extends Row> List<R> rows(Ledger ledger, String table, RowFormat<R> format) {
    List<R> all = new ArrayList<>();
    ledger
        .segments(table, KeyRange.ALL)
        .forEach(
            placed -> {
              try (SegmentReader<R> rows = SegmentReader.open(store, placed.segment(), format)) {
                rows.forEachRemaining(all::add);
              }
            });
    return all;
  }

  /** SHA-256 of the files that the ledger of a layer names for one of its tables, in order. */
  static List<String> digests(Ledger ledger, String table) {
    return ledger
        .segments(table, KeyRange.ALL)
        .map(placed -> placed.segment().file().sha256())
        .toList();
  }
}
