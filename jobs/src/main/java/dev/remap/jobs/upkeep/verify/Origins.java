package dev.remap.jobs.upkeep.verify;

import dev.remap.jobs.run.RunHistory;
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
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.RegionWhitenings;
import dev.remap.jobs.table.ShardLayout;
import dev.remap.jobs.table.Weights;
import dev.remap.jobs.table.Whitenings;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Which stage and run made which file of a store, from what and with what: as manifests, plans and
 * ledgers tell it, or else the records of runs. Files are given by their paths, cut at slashes.
 */
record Origins(Store store) {
  /** The stages that make a file, the first one first; none if no command does. */
  static List<String> stages(String... names) {
    if (LayerChain.isMerged(layer(names))) {
      return List.of("compact");
    }
    return switch (names[0]) {
      case "quantizers" -> List.of("quantize");
      case Weights.FOLDER -> List.of("weigh");
      case RegionWhitenings.FOLDER -> List.of(RegionWhitenings.COMMAND);
      default ->
          TableKind.ofFolder(names[0])
              .map(kind -> kind == TableKind.SHARDS ? ofIndex(names) : List.of(kind.stage()))
              .orElse(List.of());
    };
  }

  private static List<String> ofIndex(String... names) {
    if (names.length > 2 && names[2].equals("published")) {
      return List.of("publish");
    }
    // The publication names the manifest by its digest, and a new manifest names another run.
    return names[names.length - 1].equals("manifest.json")
        ? List.of("build", "publish")
        : List.of("build");
  }

  /** The name of the layer that a file is of. */
  static String layer(String... names) {
    boolean isNamed = !names[0].equals(TableKind.SNAPSHOTS.folder());
    return names[isNamed ? Math.min(2, names.length - 1) : 1];
  }

  /** Whether only the artifact's manifest says with which options a file of it was made. */
  static boolean areToldByManifest(String... names) {
    return names[0].equals(Weights.FOLDER)
        || names[0].equals(RegionWhitenings.FOLDER)
        || names[0].equals(TableKind.VECTORS.artifacts());
  }

  /** What is read; something else if it is lost itself. */
  static <T> T unlessLost(Supplier<T> read, T otherwise) {
    try {
      return read.get();
    } catch (StoreException e) {
      if (e.lost().isEmpty()) {
        throw e;
      }
      return otherwise;
    }
  }

  /**
   * As {@link #stages}; of region weights, which of two makes them, what lies beside them tells.
   */
  List<String> made(String... names) {
    return names[0].equals(Weights.FOLDER) && Weights.areTrained(store, names[0] + "/" + names[1])
        ? List.of(Weights.TRAIN)
        : stages(names);
  }

  /** The manifest of an artifact. */
  Optional<ArtifactManifest> manifest(String... names) {
    return find(names[0] + "/" + names[1]);
  }

  private Optional<ArtifactManifest> find(String folder) {
    return unlessLost(() -> new Artifacts(store).find(folder), Optional.empty());
  }

  /**
   * What an artifact was made from or with, by its manifest; where that is lost, by the record of
   * the run that made it.
   */
  Optional<String> told(String[] names, String input) {
    Optional<ArtifactManifest> manifest = manifest(names);
    return manifest.isPresent()
        ? manifest.get().inputs().find(input)
        : maker(names).stream()
            .flatMap(run -> runs(made(names).get(0)).stream().filter(it -> it.isOfSameCommand(run)))
            .flatMap(run -> run.asked(input).stream())
            .findFirst();
  }

  /** A setting of the run that made a file, or the like. */
  Optional<String> setting(String[] names, String key) {
    return maker(names).flatMap(run -> run.setting(key));
  }

  private Optional<RunHistory.Run> maker(String... names) {
    return made(names).stream().findFirst().flatMap(stage -> maker(stage, names));
  }

  /** The run of that stage that made a file, or the newest that made the like. */
  Optional<RunHistory.Run> maker(String stage, String... names) {
    List<RunHistory.Run> runs = runs(stage);
    return unlessLost(
        () -> {
          Stream<RunHistory.Run> makers =
              makers(names).flatMap(id -> runs.stream().filter(run -> run.isPartOf(id)));
          return Stream.concat(runs.stream(), makers).reduce((first, second) -> second);
        },
        Optional.empty());
  }

  /** Without the records of runs, the settings that were given are all there is. */
  private List<RunHistory.Run> runs(String stage) {
    return unlessLost(() -> RunHistory.of(store).of(stage), List.of());
  }

  /** The ids of the runs that wrote a layer, or one of an extractor's, as far as it tells. */
  private Stream<String> makers(String... names) {
    boolean areToldByManifest = areToldByManifest(names);
    Optional<ArtifactManifest> manifest = areToldByManifest ? manifest(names) : Optional.empty();
    if (manifest.isPresent()) {
      return manifest.map(ArtifactManifest::run).stream();
    }
    // What has lost its manifest was made by the command that was the first to use it.
    return layersOf(names)
        .sorted()
        .limit(areToldByManifest ? 1 : Long.MAX_VALUE)
        .flatMap(folder -> writers(new Layer(store, folder)))
        .distinct();
  }

  private Stream<String> layersOf(String... names) {
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

  /** The id of the run that wrote a layer's first unit. */
  private static Stream<String> writers(Layer layer) {
    return unlessLost(
            () ->
                layer
                    .recordedUnits()
                    .sorted()
                    .limit(1)
                    .flatMap(unit -> layer.record(unit).stream())
                    .toList(),
            List.<UnitRecord>of())
        .stream()
        .map(record -> record.attempt().run());
  }

  /** The run of those that began a layer. */
  private static Optional<RunHistory.Run> writer(Layer layer, List<RunHistory.Run> of) {
    return writers(layer).flatMap(id -> of.stream().filter(run -> run.isPartOf(id))).findFirst();
  }

  /** The labels that were cleaned, by the plan, the ledger or the run that began it. */
  Optional<String> cleaned(String... names) {
    Layer layer = new Layer(store, String.join("/", names[0], names[1], names[2]));
    return layer
        .plan()
        .map(Plan::inputs)
        .or(() -> layer.ledger().map(Ledger::inputs))
        .flatMap(inputs -> inputs.find(Weights.LABELS))
        .or(
            () ->
                writer(layer, runs(TableKind.CLEANED.stage()))
                    .flatMap(run -> run.asked(Weights.LABELS)));
  }

  /** What the shards of a generation were made of, or else those of the index's others. */
  Optional<ShardLayout> layout(String... names) {
    return find(generation(names))
        .map(manifest -> ShardLayout.of(manifest.inputs()))
        .or(() -> ShardLayout.of(store, names[1]))
        .or(() -> builder(names).flatMap(run -> run.asked(Inputs.LAYOUT)).map(ShardLayout::named));
  }

  /** What a generation was built without, by its manifest or the run that built it. */
  Optional<LayerId> duplicates(String... names) {
    return find(generation(names))
        .map(manifest -> manifest.inputs().find(Inputs.DUPLICATES))
        .orElseGet(() -> builder(names).flatMap(run -> run.asked(Inputs.DUPLICATES)))
        .map(LayerId::require);
  }

  private static String generation(String... names) {
    return Generation.folder(names[1], Integer.parseInt(names[2]));
  }

  /** The run that built a generation; where its units are gone, too, the newest of its index. */
  private Optional<RunHistory.Run> builder(String... names) {
    List<RunHistory.Run> ofIndex =
        runs(TableKind.SHARDS.stage()).stream()
            .filter(run -> run.setting("index.name").filter(names[1]::equals).isPresent())
            .toList();
    return writer(new Layer(store, generation(names)), ofIndex)
        .or(() -> ofIndex.stream().reduce((earlier, later) -> later));
  }

  /** The snapshot that a whitening was fitted to: it is the first to be projected by it. */
  Optional<Integer> fittedOn(String whitening) {
    return NumberedFolders.in(store, TableKind.VECTORS.of(whitening).folder()).stream().findFirst();
  }

  /** What brings in again a whitening that was brought in and has lost its manifest. */
  Optional<String> broughtIn(String... names) {
    return find(Layout.whitening(names[1])).isPresent()
        ? Optional.empty()
        : StoredWhitening.find(store, names[1])
            .filter(
                there -> there.isFittedElsewhere() || told(names, Whitenings.IMPORTED).isPresent())
            .map(there -> store.locate(there.path()))
            .or(() -> told(names, Whitenings.IMPORTED));
  }

  /** What a quantizer was trained on: vectors that are the first to be indexed by it. */
  Optional<Inputs> trainedOn(String quantizer) {
    return store.list(TableKind.SHARDS.folder()).stream()
        .flatMap(
            index ->
                NumberedFolders.in(store, TableKind.SHARDS.of(index).folder()).stream()
                    .map(number -> new Layer(store, Generation.folder(index, number)).plan())
                    .flatMap(Optional::stream)
                    .map(Plan::inputs)
                    .filter(it -> it.find(Inputs.QUANTIZER).filter(quantizer::equals).isPresent()))
        .min(Comparator.comparing(inputs -> inputs.require(Inputs.SNAPSHOT)));
  }
}
