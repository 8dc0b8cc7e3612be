package dev.remap.jobs.upkeep.status;

import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.stage.compact.CompactJob;
import dev.remap.jobs.stage.publish.Displaced;
import dev.remap.jobs.stage.snapshot.SnapshotJob;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.NumberedTable;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableId;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.run.RunEnd;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.RegionWhitenings;
import dev.remap.jobs.table.ShardLayout;
import dev.remap.jobs.table.Tables;
import dev.remap.jobs.table.TunedPoints;
import dev.remap.jobs.table.Vectors;
import dev.remap.jobs.table.Weights;
import dev.remap.jobs.upkeep.plan.PlanAccuracy;
import dev.remap.jobs.upkeep.status.Status.ChainState;
import dev.remap.jobs.upkeep.status.Status.DisplacedState;
import dev.remap.jobs.upkeep.status.Status.GenerationState;
import dev.remap.jobs.upkeep.status.Status.IndexState;
import dev.remap.jobs.upkeep.status.Status.LayerState;
import dev.remap.jobs.upkeep.status.Status.QuantizerState;
import dev.remap.jobs.upkeep.status.Status.RegionWhiteningState;
import dev.remap.jobs.upkeep.status.Status.TableState;
import dev.remap.jobs.upkeep.status.Status.WeightsState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads what a store holds; of a long history only its end. */
final class StatusReader {
  /** Layers of a table, and generations of an index beside the live one, that are looked at. */
  private static final int NEWEST = 10;

  private static final int RUNS = 12;

  /** Read in some seconds, by one thread. */
  private static final long MOST_REJECTS = 1_000_000;

  /**
   * How many segments of rejects are read: on an object store, one is asked for after the other.
   */
  private static final long MOST_REJECT_SEGMENTS = 500;

  private final JobContext context;
  private final Store store;
  private final RunHistory history;
  private final long mostRejects;

  StatusReader(JobContext context) {
    this(context, MOST_REJECTS);
  }

  /**
   * @param mostRejects rows of rejects of a table that are summed up; with more, they are counted
   */
  StatusReader(JobContext context, long mostRejects) {
    this.mostRejects = mostRejects;
    this.context = context;
    this.store = context.store();
    this.history = RunHistory.of(store);
  }

  Status read() {
    List<TableState> tables = new ArrayList<>();
    Tables.of(store)
        .filter(table -> table.kind() != TableKind.SHARDS)
        .forEach(table -> tables.add(table(table)));
    List<RunHistory.Run> runs = history.runs();
    return new Status(
        store.root(),
        tables,
        Weights.all(store).stream().map(StatusReader::weights).toList(),
        RegionWhitenings.all(store).stream().map(StatusReader::regionWhitening).toList(),
        Quantizers.all(store).stream().map(StatusReader::quantizer).toList(),
        store.list(TableKind.SHARDS.folder()).stream().map(this::index).toList(),
        rejects(tables),
        lastListing().map(run -> LeftOut.among(run.end().orElseThrow().counts())),
        outOfReach(),
        runs.subList(Math.max(0, runs.size() - RUNS), runs.size()),
        PlanAccuracy.of(history));
  }

  /** An unchanged catalogue makes no new snapshot, and is listed all the same. */
  private Optional<RunHistory.Run> lastListing() {
    return history.of(SnapshotJob.NAME).stream()
        .filter(RunHistory.Run::succeeded)
        .reduce((earlier, later) -> later);
  }

  private long outOfReach() {
    return lastListing()
        .map(run -> run.end().orElseThrow().counts().getOrDefault(SnapshotJob.OUT_OF_REACH, 0L))
        .orElse(0L);
  }

  private TableState table(TableId table) {
    String folder = table.folder();
    List<String> names = store.list(folder).stream().filter(LayerId::isName).toList();
    List<LayerState> newest = newest(names).stream().map(name -> layer(table.layer(name))).toList();
    Optional<ChainState> chain =
        newest.stream()
            .filter(LayerState::complete)
            .filter(layer -> !table.kind().isOfGenerations())
            .map(LayerState::number)
            .filter(number -> Ledgers.find(store, LayerChain.folder(folder, number)).isPresent())
            .max(Integer::compare)
            .map(number -> chain(new NumberedTable(table, number, 0)));
    return new TableState(
        table.kind().folder(), table.id(), newest, names.size() - newest.size(), chain);
  }

  private static <T> List<T> newest(List<T> all) {
    return all.subList(Math.max(0, all.size() - NEWEST), all.size());
  }

  private LayerState layer(LayerId id) {
    String folder = id.folder();
    String name = id.name();
    String rows = id.table().kind().rows();
    Layer layer = new Layer(store, folder);
    Optional<Ledger> ledger = Ledgers.find(store, folder);
    if (ledger.isPresent()) {
      int units = ledger.get().units().size();
      long bytes =
          ledger
              .get()
              .segments(rows, KeyRange.ALL)
              .mapToLong(placed -> placed.segment().file().bytes())
              .sum();
      return new LayerState(
          name,
          true,
          units,
          units,
          images(ledger.get(), id.table().kind()),
          ledger.get().rows(rows),
          bytes);
    }
    Optional<Plan> plan = layer.plan();
    int units = plan.map(there -> there.units().size()).orElse(0);
    int pending = plan.map(there -> layer.pending(there).size()).orElse(0);
    return new LayerState(name, false, units - pending, units, OptionalLong.empty(), 0, 0);
  }

  /** What a ledger tells without a look at its rows, of which some delete or are replaced. */
  private static OptionalLong images(Ledger ledger, TableKind kind) {
    return switch (kind) {
      case SNAPSHOTS -> OptionalLong.of(ledger.inputs().images());
      case SHARDS, GRAPHS, DUPLICATES, CLEANED, AUGMENTED, FLOWS ->
          OptionalLong.of(ledger.rows(kind.rows()));
      case DESCRIPTORS, VECTORS -> OptionalLong.empty();
    };
  }

  private ChainState chain(NumberedTable table) {
    LayerChain chain = table.chain(store);
    long stored = chain.storedRows(store, table.kind().rows());
    long base = chain.ledgers(store).get(0).rows(table.kind().rows());
    return new ChainState(
        table.number(),
        chain.folders().size(),
        base,
        stored - base,
        CompactJob.isDue(context, table, CompactJob.Depth.AS_NEEDED));
  }

  private static WeightsState weights(ArtifactManifest weights) {
    return new WeightsState(
        weights.id(),
        weights.inputs().require("labels"),
        Weights.Kind.of(weights).file(weights).bytes());
  }

  private static RegionWhiteningState regionWhitening(ArtifactManifest whitening) {
    return new RegionWhiteningState(
        whitening.id(),
        whitening.inputs().require(RegionWhitenings.AGGREGATOR),
        whitening.file(RegionWhitenings.FILE).bytes());
  }

  private static QuantizerState quantizer(ArtifactManifest quantizer) {
    return new QuantizerState(
        quantizer.id(),
        quantizer.inputs().whitening(),
        quantizer.inputs().spec(),
        quantizer.file(Quantizers.FILE).bytes());
  }

  private IndexState index(String index) {
    Publication publication = new Publication(store, index);
    Map<Integer, Published> published = new TreeMap<>();
    for (int number : newest(publication.numbers())) {
      Published entry = publication.entry(number);
      published.put(Generation.number(entry), entry);
    }
    int live = publication.latest().map(Generation::number).orElse(0);
    List<Integer> numbers = Generation.numbers(store, index);
    SortedSet<Integer> shown = new TreeSet<>(newest(numbers));
    if (live > 0) {
      shown.add(live);
    }
    List<GenerationState> states =
        shown.stream()
            .map(number -> generation(index, number, live, published.get(number)))
            .toList();
    int earlier = (int) numbers.stream().filter(number -> !shown.contains(number)).count();
    return new IndexState(
        index,
        states,
        earlier,
        Displaced.of(store, index)
            .map(
                found ->
                    new DisplacedState(
                        found.text(), found.generation().number(), found.command(context::line))));
  }

  private GenerationState generation(String index, int number, int live, Published published) {
    String folder = Generation.folder(index, number);
    LayerState layer = layer(TableKind.SHARDS.of(index).layer(number));
    Optional<ArtifactManifest> manifest = new Artifacts(store).find(folder);
    String state =
        number == live
            ? Status.LIVE
            : !layer.complete()
                ? layer.progress()
                : published != null
                    ? "earlier"
                    : isRefused(index, number)
                        ? "refused"
                        // What was live long ago is not looked up.
                        : number < live ? "earlier" : Status.UNPUBLISHED;
    return new GenerationState(
        layer,
        state,
        manifest.map(there -> there.inputs().quantizer()).orElse("–"),
        manifest.map(there -> ShardLayout.of(there.inputs())).orElse(ShardLayout.KEY),
        manifest.flatMap(
            there -> TunedPoints.of(context.settings()).of(there.inputs().quantizer())),
        manifest
            .flatMap(there -> there.inputs().find(Inputs.DUPLICATES))
            .flatMap(duplicates -> Ledgers.find(store, duplicates))
            .map(ledger -> OptionalLong.of(ledger.counts().getOrDefault(Vectors.LEFT_OUT, 0L)))
            .orElse(OptionalLong.empty()),
        manifest.map(there -> there.inputs().snapshot()),
        Optional.ofNullable(published).flatMap(this::when),
        Optional.ofNullable(published)
            .flatMap(Published::verdict)
            .map(verdict -> verdict.act().name().toLowerCase(Locale.ROOT)));
  }

  private Optional<Instant> when(Published published) {
    return history.runs().stream()
        .filter(run -> run.is("publish") || run.is("rollback"))
        .filter(run -> run.isPartOf(published.run()))
        .flatMap(run -> run.end().stream())
        .map(RunEnd::at)
        .findFirst();
  }

  /** Whether a run has judged it and did not publish it. */
  private boolean isRefused(String index, int number) {
    RunEnd.Refused refused = new RunEnd.Refused(index, number);
    return history.of("publish").stream()
        .flatMap(run -> run.end().stream())
        .anyMatch(end -> end.refused().equals(Optional.of(refused)));
  }

  private List<RejectSummary> rejects(List<TableState> tables) {
    return tables.stream()
        .filter(table -> table.kind().equals(TableKind.DESCRIPTORS.rows()))
        .flatMap(table -> Stream.concat(complete(table).stream(), refused(table).stream()))
        .map(source -> RejectSummary.ofAtMost(mostRejects, MOST_REJECT_SEGMENTS, store, source))
        .toList();
  }

  private Optional<RejectSummary.Source> complete(TableState table) {
    return table
        .chain()
        .map(chain -> RejectSummary.Source.complete(store, table.id(), chain.number()));
  }

  /** What a run did last, if only the number of rejects keeps it from being complete. */
  private Optional<RejectSummary.Source> refused(TableState table) {
    int complete = table.chain().map(ChainState::number).orElse(0);
    return table.newest().stream()
        .filter(layer -> layer.number() > complete && layer.units() > 0)
        .reduce((earlier, later) -> later)
        .filter(layer -> layer.done() == layer.units())
        .map(layer -> RejectSummary.Source.refused(store, table.id(), layer.number()));
  }
}
