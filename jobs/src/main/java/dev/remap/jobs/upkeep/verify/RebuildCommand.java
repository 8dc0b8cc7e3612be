package dev.remap.jobs.upkeep.verify;

import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.rerank.PreparedName;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.sample.CleanName;
import dev.remap.jobs.sample.Labels;
import dev.remap.jobs.stage.publish.Displaced;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableId;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.UnitRecord;
import dev.remap.jobs.table.DuplicatesName;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.GraphName;
import dev.remap.jobs.table.RegionWhitenings;
import dev.remap.jobs.table.ShardLayout;
import dev.remap.jobs.table.Weights;
import dev.remap.jobs.table.Whitenings;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which commands make which file of a store, in full and with the settings that made it. */
record RebuildCommand(JobContext context, Store store) {
  private static final String SNAPSHOT = "--snapshot";
  private static final String WHITENING = "--whitening";
  private static final String GENERATION = "--generation";

  /** The stages that make a file, the first one first; none if no command does. */
  static List<String> stages(String path) {
    String[] names = path.split("/", -1);
    if (LayerChain.isMerged(layer(names))) {
      return List.of("compact");
    }
    if (names[0].equals("quantizers")) {
      return List.of("quantize");
    }
    if (names[0].equals(Weights.FOLDER)) {
      return List.of("weigh");
    }
    if (names[0].equals(RegionWhitenings.FOLDER)) {
      return List.of(RegionWhitenings.COMMAND);
    }
    return TableKind.ofFolder(names[0])
        .map(kind -> kind == TableKind.SHARDS ? ofIndex(names) : List.of(kind.stage()))
        .orElse(List.of());
  }

  /** Whether only the artifact's manifest says with which options a file of it was made. */
  static boolean isToldByManifest(String path) {
    return path.startsWith(Weights.FOLDER + "/")
        || path.startsWith(RegionWhitenings.FOLDER + "/")
        || path.startsWith(TableKind.VECTORS.artifacts() + "/");
  }

  /** Whether a file is one of a layer's or generation's own, which a plan or ledger tells of. */
  static boolean isOfLayer(String path) {
    return LayerId.of(path).filter(layer -> path.startsWith(layer.folder() + "/")).isPresent();
  }

  private static List<String> ofIndex(String[] names) {
    boolean published = names.length > 2 && names[2].equals("published");
    // The publication names the manifest by its digest, and a new manifest names another run.
    boolean manifest = names[names.length - 1].equals("manifest.json");
    return published
        ? List.of("publish")
        : manifest ? List.of("build", "publish") : List.of("build");
  }

  private static String layer(String[] names) {
    boolean isNamed = !names[0].equals(TableKind.SNAPSHOTS.folder());
    return names[isNamed ? Math.min(2, names.length - 1) : 1];
  }

  /** The commands for a file, with the options that single it out. */
  List<CommandText> commands(String path) {
    List<CommandText> stages =
        Stream.concat(graph(path).stream(), made(path).stream().map(stage -> command(stage, path)))
            .toList();
    return stages(path).equals(List.of("publish"))
        ? displaced(path).map(List::of).orElse(stages)
        : stages;
  }

  /** What makes the graph again that a table was made from, if garbage has taken it. */
  private Optional<CommandText> graph(String path) {
    return LayerId.of(path)
        .flatMap(RebuildCommand::graphOf)
        .filter(graph -> !store.exists(new Layer(store, graph.folder()).planPath()))
        .map(graph -> command("knn", graph.folder()));
  }

  private static Optional<LayerId> graphOf(LayerId layer) {
    String id = layer.table().id();
    Optional<GraphName> graph =
        switch (layer.table().kind()) {
          case DUPLICATES -> Optional.of(DuplicatesName.parse(id).graph());
          case CLEANED -> Optional.of(CleanName.parse(id).graph());
          case AUGMENTED, FLOWS -> Optional.of(PreparedName.parse(id).graph());
          default -> Optional.empty();
        };
    return graph.map(name -> TableKind.GRAPHS.of(name.id()).layer(layer.number()));
  }

  /**
   * As {@link #stages}; of region weights, which of two makes them, what lies beside them tells.
   */
  private List<String> made(String path) {
    String folder = path.substring(0, Math.max(0, path.lastIndexOf('/')));
    return path.startsWith(Weights.FOLDER + "/") && Weights.areTrained(store, folder)
        ? List.of(Weights.TRAIN)
        : stages(path);
  }

  /** What makes the generation live that ought to be. */
  private Optional<CommandText> displaced(String path) {
    try {
      return Displaced.of(store, path.split("/", -1)[1]).map(found -> found.command(context::line));
    } catch (StoreException e) {
      if (e.lost().isEmpty()) {
        throw e;
      }
      // The log cannot be read: the newest generation is judged.
      return Optional.empty();
    }
  }

  private CommandText command(String stage, String path) {
    String[] names = path.split("/", -1);
    String layer = layer(names);
    CommandText line = index(names).map(it -> context.line(stage, it)).orElse(context.line(stage));
    line = withSettings(line, stage, names);
    return switch (stage) {
      case "compact" -> layer.endsWith(LayerChain.COMPACTED) ? line.with("--full") : line;
      case "snapshot" -> numbered(line, SNAPSHOT, layer);
      case "extract" -> names[0].equals("extractors") ? line : numbered(line, SNAPSHOT, layer);
      case "whiten" ->
          names[0].equals("whitenings")
              ? fittedOn(line, names)
              : numbered(line, SNAPSHOT, layer).with(WHITENING, names[1]);
      case "quantize" -> startedFrom(trainedOn(line, names[1]), names);
      case "weigh", Weights.TRAIN -> weighedBy(line, names);
      case RegionWhitenings.COMMAND -> fittedFor(line, names);
      case "knn" -> numbered(searched(line, GraphName.parse(names[1])), GENERATION, layer);
      case "dedup" -> numbered(found(line, DuplicatesName.parse(names[1])), GENERATION, layer);
      case "clean" -> numbered(cleaned(line, names), GENERATION, layer);
      case "prepare" -> numbered(prepared(line, PreparedName.parse(names[1])), GENERATION, layer);
      case "build" ->
          begun(names) ? numbered(line, GENERATION, layer) : unique(laidOut(line, names), names);
      default -> line;
    };
  }

  /** The index that a file is of. */
  private static Optional<String> index(String... names) {
    return TableKind.ofFolder(names[0])
        .flatMap(
            kind ->
                switch (kind) {
                  case SHARDS -> Optional.of(names[1]);
                  case GRAPHS -> Optional.of(GraphName.parse(names[1]).index());
                  case DUPLICATES -> Optional.of(DuplicatesName.parse(names[1]).graph().index());
                  case CLEANED -> Optional.of(CleanName.parse(names[1]).graph().index());
                  case AUGMENTED, FLOWS ->
                      Optional.of(PreparedName.parse(names[1]).graph().index());
                  case SNAPSHOTS, DESCRIPTORS, VECTORS -> Optional.empty();
                });
  }

  private static CommandText found(CommandText line, DuplicatesName duplicates) {
    return line.with("--graph", duplicates.graph().id())
        .with(duplicates.option(), duplicates.threshold())
        .with("--keep", duplicates.keep());
  }

  /** By the labels that its plan, its ledger or the run that began it tells of. */
  private CommandText cleaned(CommandText line, String[] names) {
    CleanName name = CleanName.parse(names[1]);
    Layer layer = new Layer(store, String.join("/", names[0], names[1], names[2]));
    CommandText found =
        line.with("--graph", name.graph().id()).with("--threshold", name.threshold());
    return layer
        .plan()
        .map(Plan::inputs)
        .or(() -> layer.ledger().map(Ledger::inputs))
        .flatMap(inputs -> inputs.find(Weights.LABELS))
        .or(() -> cleaner(layer).flatMap(run -> run.asked(Weights.LABELS)))
        .map(labels -> labelled(found, labels))
        .orElse(found);
  }

  private Optional<RunHistory.Run> cleaner(Layer layer) {
    List<RunHistory.Run> all = runs(TableKind.CLEANED.stage());
    return records(layer)
        .map(record -> record.attempt().run())
        .flatMap(id -> all.stream().filter(run -> run.isPartOf(id)))
        .findFirst();
  }

  private static CommandText prepared(CommandText line, PreparedName prepared) {
    return line.with("--graph", prepared.graph().id()).with("--rerank", prepared.method());
  }

  private static CommandText searched(CommandText line, GraphName graph) {
    CommandText found =
        line.with("-k", graph.k())
            .with("--nprobe", graph.probing().nprobe())
            .with("--depth", graph.depth());
    return graph.probing().efSearch() == 0
        ? found
        : found.with("--ef-search", graph.probing().efSearch());
  }

  private static CommandText numbered(CommandText line, String option, String name) {
    return name.matches("\\d{8}") ? line.with(option, Integer.valueOf(name)) : line;
  }

  /** Without its plan, a generation cannot be made again: another one takes its place. */
  private boolean begun(String[] names) {
    return store.exists(new Layer(store, names[0] + "/" + names[1] + "/" + names[2]).planPath());
  }

  /** With shards of what the generation's were, or those of the index's others are. */
  private CommandText laidOut(CommandText line, String[] names) {
    Optional<ShardLayout> layout =
        manifest(Generation.folder(names[1], Integer.parseInt(names[2])))
            .map(manifest -> ShardLayout.of(manifest.inputs()))
            .or(() -> ShardLayout.of(store, names[1]))
            .or(
                () ->
                    builder(names)
                        .flatMap(run -> run.asked(Inputs.LAYOUT))
                        .map(ShardLayout::named));
    boolean isSaid = line.toString().contains("index.layout=");
    return layout
        .filter(there -> isSaid || there == ShardLayout.LIST)
        .map(there -> line.with("--layout", there.label()))
        .orElse(line);
  }

  /** Without what the generation was built without, by its manifest or the run that built it. */
  private CommandText unique(CommandText line, String[] names) {
    return manifest(Generation.folder(names[1], Integer.parseInt(names[2])))
        .map(manifest -> manifest.inputs().find(Inputs.DUPLICATES))
        .orElseGet(() -> builder(names).flatMap(run -> run.asked(Inputs.DUPLICATES)))
        .map(LayerId::require)
        .map(layer -> line.with("--unique").with("--duplicates", layer.table().id()))
        .orElse(line);
  }

  /** The run that built a generation; where its units are gone, too, the newest of its index. */
  private Optional<RunHistory.Run> builder(String[] names) {
    String folder = Generation.folder(names[1], Integer.parseInt(names[2]));
    List<RunHistory.Run> ofIndex =
        runs(TableKind.SHARDS.stage()).stream()
            .filter(run -> run.setting("index.name").filter(names[1]::equals).isPresent())
            .toList();
    return records(new Layer(store, folder))
        .map(record -> record.attempt().run())
        .flatMap(id -> ofIndex.stream().filter(run -> run.isPartOf(id)))
        .findFirst()
        .or(() -> ofIndex.stream().reduce((earlier, later) -> later));
  }

  /** A whitening is fitted to the snapshot that is the first to be projected by it. */
  private CommandText fittedOn(CommandText line, String[] names) {
    CommandText asked =
        told(names, Whitenings.LABELS)
            .map(labels -> labelled(line, labels))
            .or(() -> broughtIn(names).map(file -> line.with("--import", file)))
            .orElse(line);
    return NumberedFolders.in(store, TableKind.VECTORS.of(names[1]).folder()).stream()
        .findFirst()
        .map(first -> asked.with(SNAPSHOT, first))
        .orElse(asked);
  }

  /** What brings in again a whitening that was brought in and has lost its manifest. */
  private Optional<String> broughtIn(String[] names) {
    String folder = Layout.whitening(names[1]);
    return manifest(folder).isPresent()
        ? Optional.empty()
        : StoredWhitening.find(store, names[1])
            .filter(
                there -> there.isFittedElsewhere() || told(names, Whitenings.IMPORTED).isPresent())
            .map(there -> store.locate(there.path()))
            .or(() -> told(names, Whitenings.IMPORTED));
  }

  /** By the option that the labels were given with, if there were any. */
  private static CommandText labelled(CommandText line, String text) {
    Labels labels = Labels.parse(text);
    return labels.groups() != null
        ? line.with("--groups", labels.groups())
        : labels.pairs() != null
            ? line.with("--pairs", labels.pairs())
            : labels.clean() != null ? line.with("--clean", labels.clean()) : line;
  }

  /** A quantizer is trained on the vectors that are the first to be indexed by it. */
  private CommandText trainedOn(CommandText line, String quantizer) {
    return store.list(TableKind.SHARDS.folder()).stream()
        .flatMap(
            index ->
                NumberedFolders.in(store, TableKind.SHARDS.of(index).folder()).stream()
                    .map(number -> new Layer(store, Generation.folder(index, number)).plan())
                    .flatMap(Optional::stream)
                    .map(Plan::inputs)
                    .filter(
                        inputs ->
                            inputs.find(Inputs.QUANTIZER).filter(quantizer::equals).isPresent()))
        .min(Comparator.comparing(inputs -> inputs.require(Inputs.SNAPSHOT)))
        .map(
            inputs ->
                numbered(line, SNAPSHOT, inputs.require(Inputs.SNAPSHOT))
                    .with(WHITENING, inputs.whitening()))
        .orElse(line);
  }

  private CommandText startedFrom(CommandText line, String[] names) {
    return told(names, Inputs.START).map(id -> line.with("--start", id)).orElse(line);
  }

  private CommandText weighedBy(CommandText line, String[] names) {
    CommandText numbered = ofSnapshot(line, names);
    return told(names, Weights.LABELS).map(labels -> labelled(numbered, labels)).orElse(numbered);
  }

  /** A whitening of regions, of which snapshot, and for which aggregator. */
  private CommandText fittedFor(CommandText line, String[] names) {
    CommandText numbered = ofSnapshot(line, names);
    CommandText wanted =
        told(names, RegionWhitenings.AGGREGATOR)
            .or(() -> maker(names).flatMap(run -> run.setting("extractor.aggregator")))
            .map(aggregator -> numbered.with("--for", aggregator))
            .orElse(numbered);
    return told(names, RegionWhitenings.IMAGES)
        .map(images -> wanted.with("--images", images))
        .orElse(wanted);
  }

  private CommandText ofSnapshot(CommandText line, String[] names) {
    return manifest(names[0] + "/" + names[1])
        .map(manifest -> line.with(SNAPSHOT, manifest.inputs().snapshot()))
        .orElse(line);
  }

  /**
   * What an artifact was made from or with, by its manifest; where that is lost, by the record of
   * the run that made it.
   */
  private Optional<String> told(String[] names, String input) {
    Optional<ArtifactManifest> manifest = manifest(names[0] + "/" + names[1]);
    return manifest.isPresent()
        ? manifest.get().inputs().find(input)
        : maker(names).stream()
            .flatMap(made -> runs(names).stream().filter(run -> run.isOfSameCommand(made)))
            .flatMap(run -> run.asked(input).stream())
            .findFirst();
  }

  private Optional<ArtifactManifest> manifest(String folder) {
    try {
      return new Artifacts(store).find(folder);
    } catch (StoreException e) {
      if (e.lost().isEmpty()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** What it was made with is in the record of the run that made it, or one like it. */
  private CommandText withSettings(CommandText line, String stage, String[] names) {
    return maker(stage, names)
        .map(run -> line.withSettings(run.otherSettings(context.settings())))
        .orElse(line);
  }

  private Optional<RunHistory.Run> maker(String[] names) {
    return made(String.join("/", names)).stream().findFirst().flatMap(it -> maker(it, names));
  }

  /** The run that made a file, or the newest that made the like. */
  private Optional<RunHistory.Run> maker(String stage, String[] names) {
    List<RunHistory.Run> runs = runs(stage);
    try {
      List<RunHistory.Run> makers =
          makers(names).flatMap(id -> runs.stream().filter(run -> run.isPartOf(id))).toList();
      return Stream.concat(runs.stream(), makers.stream()).reduce((first, second) -> second);
    } catch (StoreException e) {
      if (e.lost().isEmpty()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private List<RunHistory.Run> runs(String[] names) {
    return runs(made(String.join("/", names)).get(0));
  }

  /** Without the records of runs, the settings that were given are all there is. */
  private List<RunHistory.Run> runs(String stage) {
    try {
      return RunHistory.of(store).of(stage);
    } catch (StoreException e) {
      if (e.lost().isEmpty()) {
        throw e;
      }
      return List.of();
    }
  }

  /** The ids of the runs that wrote a layer, or one of an extractor's, as far as it tells. */
  private Stream<String> makers(String[] names) {
    if (isToldByManifest(String.join("/", names))) {
      Optional<ArtifactManifest> manifest = manifest(names[0] + "/" + names[1]);
      if (manifest.isPresent()) {
        return manifest.map(ArtifactManifest::run).stream();
      }
    }
    // What has lost its manifest was made by the command that was the first to use it.
    long most = isToldByManifest(String.join("/", names)) ? 1 : Long.MAX_VALUE;
    return layersOf(names)
        .sorted()
        .limit(most)
        .flatMap(folder -> records(new Layer(store, folder)))
        .map(record -> record.attempt().run())
        .distinct();
  }

  private Stream<String> layersOf(String[] names) {
    Optional<TableKind> kind = TableKind.ofFolder(names[0]).filter(it -> it != TableKind.SHARDS);
    if (kind.isEmpty()) {
      return Stream.empty();
    }
    if (!kind.get().isNamed()) {
      return Stream.of(kind.get().only().layer(names[1]).folder());
    }
    TableId table = kind.get().of(names[1]);
    return names[0].equals(kind.get().artifacts())
        ? store.list(table.folder()).stream().map(layer -> table.layer(layer).folder())
        : Stream.of(table.layer(names[2]).folder());
  }

  private static Stream<UnitRecord> records(Layer layer) {
    try {
      return layer.recordedUnits().sorted().limit(1).flatMap(unit -> layer.record(unit).stream());
    } catch (StoreException e) {
      if (e.lost().isEmpty()) {
        throw e;
      }
      return Stream.empty();
    }
  }
}
