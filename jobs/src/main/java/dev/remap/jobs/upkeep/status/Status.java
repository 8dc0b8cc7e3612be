package dev.remap.jobs.upkeep.status;

import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.rerank.PreparedName;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.table.ShardLayout;
import dev.remap.jobs.table.TunedPoints;
import dev.remap.jobs.upkeep.plan.PlanAccuracy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a store holds, as far as {@code status} tells it.
 *
 * @param root the store's
 * @param tables snapshots, descriptors by extractor, vectors by whitening
 * @param rejects of the tables of descriptors
 * @param leftOut what the last snapshot's listing of the catalogue left out on purpose, if that is
 *     known
 * @param outOfReach images that this listing could not look at
 * @param lastRuns oldest first
 */
record Status(
    String root,
    List<TableState> tables,
    List<WeightsState> weights,
    List<RegionWhiteningState> regionWhitenings,
    List<QuantizerState> quantizers,
    List<IndexState> indexes,
    List<RejectSummary> rejects,
    Optional<LeftOut> leftOut,
    long outOfReach,
    List<RunHistory.Run> lastRuns,
    Optional<PlanAccuracy> hindsight) {

  /** The state of the generation that the log of publications names last. */
  static final String LIVE = "live";

  /** That of one which nobody has published or refused. */
  static final String UNPUBLISHED = "not published";

  /**
   * One layer.
   *
   * @param name of its folder
   * @param done of {@code units}, equal if the layer is complete
   * @param images that there are at its number; nothing where its ledger does not tell
   * @param rows that it stores, puts and deletes; 0 if it is not complete
   */
  record LayerState(
      String name,
      boolean complete,
      int done,
      int units,
      OptionalLong images,
      long rows,
      long bytes) {
    /** For people: {@code 7}, {@code 7, compacted}. */
    String title() {
      String[] parts = name.split("-", 2);
      int number = Integer.parseInt(parts[0]);
      return parts.length == 1 ? Integer.toString(number) : number + ", " + parts[1];
    }

    int number() {
      return Integer.parseInt(name.split("-", 2)[0]);
    }

    String progress() {
      return done + " of " + units + " units";
    }
  }

  /**
   * The layers that readers of the newest complete one merge.
   *
   * @param base rows of the lowest
   * @param deltas rows of those above it
   * @param due whether a compaction would rewrite it
   */
  record ChainState(int number, int layers, long base, long deltas, boolean due) {
    /** Rows above the lowest layer, by those in it. */
    double share() {
      return base == 0 ? 0 : (double) deltas / base;
    }
  }

  /**
   * One table.
   *
   * @param kind the folder of its kind, such as vectors
   * @param id of extractor, whitening, graph or duplicates; empty for snapshots
   * @param newest its newest layers, oldest first
   * @param earlier how many more there are
   */
  record TableState(
      String kind, String id, List<LayerState> newest, int earlier, Optional<ChainState> chain) {
    /** For people. */
    String title() {
      return id.isEmpty() ? kind : kind + " " + id;
    }

    /** Whether one of the newest layers is the complete one of a number. */
    boolean has(int number) {
      return newest.stream().anyMatch(layer -> layer.complete() && layer.number() == number);
    }
  }

  /**
   * Weights of regions.
   *
   * @param labels where the pairs that they were fitted to are from
   */
  record WeightsState(String id, String labels, long bytes) {}

  /**
   * A whitening of regions.
   *
   * @param aggregator that it was fitted for
   */
  record RegionWhiteningState(String id, String aggregator, long bytes) {}

  /** One quantizer. */
  record QuantizerState(String id, String whitening, String spec, long bytes) {}

  /**
   * One generation of an index.
   *
   * @param state live, earlier, refused, not published, or its units if it is not complete; the
   *     live one is live even if its files are gone
   * @param layout what its shards hold; of keys, if its manifest is not there
   * @param tuned how it is searched, if tune has left that for its quantizer
   * @param duplicates that it leaves out
   * @param snapshot that it shows; nothing if its manifest is not there
   * @param published when it was, the last time
   * @param grounds on which it was: passed, forced, rollback
   */
  record GenerationState(
      LayerState layer,
      String state,
      String quantizer,
      ShardLayout layout,
      Optional<TunedPoints.Point> tuned,
      OptionalLong duplicates,
      Optional<Integer> snapshot,
      Optional<Instant> published,
      Optional<String> grounds) {}

  /**
   * A generation that ought to be live.
   *
   * @param text what happened to it
   * @param mendedBy the command that makes it live
   */
  record DisplacedState(String text, int generation, CommandText mendedBy) {}

  /**
   * One index.
   *
   * @param shown its newest generations and the live one, oldest first
   * @param earlier how many more there are
   * @param displaced what ought to be live instead of what is
   */
  record IndexState(
      String name, List<GenerationState> shown, int earlier, Optional<DisplacedState> displaced) {
    Optional<GenerationState> live() {
      return shown.stream().filter(generation -> generation.state.equals(LIVE)).findFirst();
    }
  }

  /** Whether a layer was prepared of a generation that is not live any more. */
  boolean isStale(TableState table, LayerState layer) {
    return layer.complete() && live(table).filter(live -> live > layer.number()).isPresent();
  }

  /** Of what is prepared the live generation of its index. */
  Optional<Integer> live(TableState table) {
    return TableKind.ofFolder(table.kind())
        .filter(TableKind::isPrepared)
        .flatMap(kind -> PreparedName.find(table.id()))
        .map(name -> name.graph().index())
        .flatMap(name -> indexes.stream().filter(index -> index.name().equals(name)).findFirst())
        .flatMap(IndexState::live)
        .map(generation -> generation.layer().number());
  }

  /** What is prepared of other generations, and not of the live one. */
  List<TableState> lagging() {
    return tables.stream().filter(this::isLagging).toList();
  }

  private boolean isLagging(TableState table) {
    return table.newest().stream().anyMatch(LayerState::complete)
        && live(table).filter(live -> !table.has(live)).isPresent();
  }

  /** Whether a generation has a graph. */
  boolean hasGraph(String id, int generation) {
    return tables.stream()
        .filter(table -> table.kind().equals(TableKind.GRAPHS.folder()) && table.id().equals(id))
        .anyMatch(table -> table.has(generation));
  }

  Status {
    tables = List.copyOf(tables);
    weights = List.copyOf(weights);
    regionWhitenings = List.copyOf(regionWhitenings);
    quantizers = List.copyOf(quantizers);
    indexes = List.copyOf(indexes);
    rejects = List.copyOf(rejects);
    lastRuns = List.copyOf(lastRuns);
  }
}
