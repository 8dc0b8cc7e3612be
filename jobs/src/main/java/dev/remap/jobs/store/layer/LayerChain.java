package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.row.LayeredRow;
import dev.remap.jobs.store.segment.RowFormat;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The layers that together are a table at one snapshot, as folders, oldest first. A layer names the
 * one below it as its parent; where a compaction has written a layer and those below it as one,
 * that one is taken.
 *
 * @param leftOut as {@link Table#leftOut}
 */
public record LayerChain(List<String> folders, String leftOut) implements Serializable {
  /** One layer instead of all up to its number. */
  public static final String COMPACTED = "-compacted";

  /** One layer instead of several, on top of older ones. */
  public static final String MERGED = "-merged";

  public LayerChain {
    folders = List.copyOf(folders);
  }

  /** One of which nothing is left out. */
  public LayerChain(List<String> folders) {
    this(folders, "");
  }

  /** As {@link Table#leftOut}. */
  public LayerChain without(String duplicates) {
    return new LayerChain(folders, duplicates);
  }

  /**
   * The chain that ends at a complete layer.
   *
   * @param table the folder of all its layers, such as that of an extractor's descriptors
   */
  public static LayerChain of(Store store, String table, int number) {
    Set<String> there = Set.copyOf(store.list(table));
    List<String> folders = new ArrayList<>();
    for (Optional<Integer> at = Optional.of(number); at.isPresent(); ) {
      String folder = best(store, table, at.get(), there);
      folders.add(0, folder);
      at = Ledgers.of(store, folder).inputs().parent();
    }
    return new LayerChain(folders);
  }

  private static String best(Store store, String table, int number, Set<String> there) {
    String raw = NumberedFolders.name(number);
    return Stream.of(COMPACTED, MERGED)
        .map(ending -> raw + ending)
        .filter(there::contains)
        .map(name -> table + "/" + name)
        .filter(folder -> Ledgers.find(store, folder).isPresent())
        .findFirst()
        .orElse(table + "/" + raw);
  }

  /** The chain that ends at a layer which may have no ledger yet: what that will be. */
  public static LayerChain endingAt(Store store, Ledger layer) {
    String table = layer.layer().substring(0, layer.layer().lastIndexOf('/'));
    List<String> folders = new ArrayList<>();
    layer.inputs().parent().ifPresent(below -> folders.addAll(of(store, table, below).folders));
    folders.add(layer.layer());
    return new LayerChain(folders);
  }

  public static String folder(String table, int number) {
    return table + "/" + NumberedFolders.name(number);
  }

  /** Whether a layer of that name was made by a compaction. */
  public static boolean isMerged(String name) {
    return name.endsWith(COMPACTED) || name.endsWith(MERGED);
  }

  /** The layer below one, as its plan tells, if that is still there; numbers fall on the way. */
  private static Optional<Integer> below(Store store, String table, int number) {
    return new Layer(store, folder(table, number)).plan().flatMap(plan -> plan.inputs().parent());
  }

  /**
   * The nearest ancestor of a snapshot that another table, whose layers carry the snapshots'
   * numbers, is complete for.
   */
  public static Optional<Integer> ancestor(
      Store store, String snapshots, int number, String table) {
    Optional<Integer> at = below(store, snapshots, number);
    while (at.isPresent() && Ledgers.find(store, folder(table, at.get())).isEmpty()) {
      at = below(store, snapshots, at.get());
    }
    return at;
  }

  /**
   * The ancestors of a snapshot since the one that {@link #ancestor} tells, oldest first, of which
   * the other table has a part.
   */
  public static List<Integer> begun(Store store, String snapshots, int number, String table) {
    List<Integer> begun = new ArrayList<>();
    Optional<Integer> at = below(store, snapshots, number);
    while (at.isPresent() && Ledgers.find(store, folder(table, at.get())).isEmpty()) {
      Layer layer = new Layer(store, folder(table, at.get()));
      if (layer.plan().isPresent() && layer.recordedUnits().findAny().isPresent()) {
        begun.add(0, at.get());
      }
      at = below(store, snapshots, at.get());
    }
    return begun;
  }

  /**
   * The layers that lead from one number of a table to another, uncompacted.
   *
   * @throws StoreException if {@code below} is not an ancestor of {@code number}
   */
  public static LayerChain between(Store store, String table, int below, int number) {
    return walk(store, table, below, number)
        .orElseThrow(
            () ->
                new StoreException(
                    store.locate(folder(table, number))
                        + " does not build on number "
                        + below
                        + " of the same table"));
  }

  /** The uncompacted layers that lead from one number to another, if all are there and complete. */
  public static Optional<LayerChain> since(Store store, String table, int below, int number) {
    return walk(store, table, below, number)
        .filter(chain -> !chain.folders.isEmpty())
        .filter(
            chain -> chain.folders.stream().allMatch(it -> Ledgers.find(store, it).isPresent()));
  }

  /** As far as needed and no farther: a year of nights is a long way. */
  private static Optional<LayerChain> walk(Store store, String table, int below, int number) {
    List<String> folders = new ArrayList<>();
    int at = number;
    while (at > below) {
      folders.add(0, folder(table, at));
      at = below(store, table, at).orElse(0);
    }
    return at == below ? Optional.of(new LayerChain(folders)) : Optional.empty();
  }

  /** Whether this is one layer on its own. */
  public boolean isFlat() {
    return folders.size() == 1;
  }

  public List<Ledger> ledgers(Store store) {
    return folders.stream().map(folder -> Ledgers.of(store, folder)).toList();
  }

  /** The newest layer's ledger. */
  public Ledger newest(Store store) {
    return Ledgers.of(store, folders.get(folders.size() - 1));
  }

  public <R extends LayeredRow> Table<R> table(Store store, RowFormat<R> format) {
    return new Table<>(store, format, ledgers(store), leftOut);
  }

  /** Rows in all layers, puts and deletes, replaced ones included. */
  public long storedRows(Store store, String table) {
    return ledgers(store).stream().mapToLong(ledger -> ledger.rows(table)).sum();
  }
}
