package dev.remap.jobs.upkeep.status;

import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.stage.compact.CompactJob;
import dev.remap.jobs.stage.compact.Compactable;
import dev.remap.jobs.stage.publish.Displaced;
import dev.remap.jobs.stage.snapshot.SnapshotJob;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.run.RunEnd;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Vectors;
import dev.remap.jobs.upkeep.plan.PlanAccuracy;
import dev.remap.jobs.upkeep.status.Status.ChainState;
import dev.remap.jobs.upkeep.status.Status.DisplacedState;
import dev.remap.jobs.upkeep.status.Status.GenerationState;
import dev.remap.jobs.upkeep.status.Status.IndexState;
import dev.remap.jobs.upkeep.status.Status.LayerState;
import dev.remap.jobs.upkeep.status.Status.QuantizerState;
import dev.remap.jobs.upkeep.status.Status.TableState;
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
public final class StatusReader {
  /** Layers of a table, and generations of an index beside the live one, that are looked at. */
  private static final int NEWEST = 10;

  private static final int RUNS = 12;

  /** Read in some seconds, by one thread. */
  private static final long MOST_REJECTS = 1_000_000;

  /** The same, where one has to be asked for after the other on an object store. */
  private static final long MOST_REJECT_SEGMENTS = 500;

  private static final String LAYER_NAME = "\\d{8}(-[a-z]+)?";

  private final JobContext context;
  private final Store store;
  private final RunHistory history;
  private final long mostRejects;

  public StatusReader(JobContext context) {
    this(context, MOST_REJECTS);
  }

  /**
   * @param mostRejects rows of rejects of a table that are summed up; with more, they are counted
   */
  public StatusReader(JobContext context, long mostRejects) {
    this.mostRejects = mostRejects;
    this.context = context;
    this.store = context.store();
    this.history = RunHistory.of(store);
  }

  public Status read() {
    List<TableState> tables = new ArrayList<>();
    tables.add(table(Snapshots.FOLDER, "", Compactable.Kind.SNAPSHOTS));
    tables(Descriptors.TABLE, Compactable.Kind.DESCRIPTORS, tables);
    tables(Vectors.TABLE, Compactable.Kind.VECTORS, tables);
    List<RunHistory.Run> runs = history.runs();
    return new Status(
        store.root(),
        tables,
        Quantizers.all(store).stream().map(StatusReader::quantizer).toList(),
        store.list("indexes").stream().map(this::index).toList(),
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

  private void tables(String kind, Compactable.Kind compactable, List<TableState> tables) {
    store.list(kind).forEach(id -> tables.add(table(kind, id, compactable)));
  }

  private TableState table(String kind, String id, Compactable.Kind compactable) {
    String folder = id.isEmpty() ? kind : kind + "/" + id;
    List<String> names =
        store.list(folder).stream().filter(name -> name.matches(LAYER_NAME)).toList();
    String rows = kind.equals(Snapshots.FOLDER) ? Snapshots.TABLE : kind;
    List<LayerState> newest =
        newest(names).stream().map(name -> layer(folder + "/" + name, name, rows)).toList();
    Optional<ChainState> chain =
        newest.stream()
            .filter(LayerState::complete)
            .map(LayerState::number)
            .filter(number -> Ledgers.find(store, LayerChain.folder(folder, number)).isPresent())
            .max(Integer::compare)
            .map(number -> chain(new Compactable(compactable, id, number, 0)));
    return new TableState(kind, id, newest, names.size() - newest.size(), chain);
  }

  private static <T> List<T> newest(List<T> all) {
    return all.subList(Math.max(0, all.size() - NEWEST), all.size());
  }

  private LayerState layer(String folder, String name, String rows) {
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
          name, true, units, units, images(ledger.get(), rows), ledger.get().rows(rows), bytes);
    }
    Optional<Plan> plan = layer.plan();
    int units = plan.map(there -> there.units().size()).orElse(0);
    int pending = plan.map(there -> layer.pending(there).size()).orElse(0);
    return new LayerState(name, false, units - pending, units, OptionalLong.empty(), 0, 0);
  }

  /** What a ledger tells without a look at its rows, of which some delete or are replaced. */
  private static OptionalLong images(Ledger ledger, String rows) {
    return switch (rows) {
      case Snapshots.TABLE ->
OptionalLong.of(ledger.inputs().images());
      case Generation.TABLE -> OptionalLong.of(ledger.rows(rows));
      default -> OptionalLong.empty();
    };
  }

  private ChainState chain(Compactable table) {
    LayerChain chain = LayerChain.of(store, table.table(), table.number());
    long stored = chain.storedRows(store, table.rows());
    long base = chain.ledgers(store).get(0).rows(table.rows());
    return new ChainState(
        table.number(),
        chain.folders().size(),
        base,
        stored - base,
        CompactJob.isDue(context, table, CompactJob.Depth.AS_NEEDED));
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
                        found.text(), found.generation().number(), found.command(store))));
  }

  private GenerationState generation(String index, int number, int live, Published published) {
    String folder = Generation.folder(index, number);
    LayerState layer = layer(folder, NumberedFolders.name(number), Generation.TABLE);
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
        .filter(table -> table.kind().equals(Descriptors.TABLE))
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
