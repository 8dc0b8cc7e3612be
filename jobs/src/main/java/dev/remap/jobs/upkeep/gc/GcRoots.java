package dev.remap.jobs.upkeep.gc;

import dev.remap.jobs.sample.Labels;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.TableId;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.RegionWhitenings;
import dev.remap.jobs.table.Weights;
import dev.remap.jobs.table.Whitenings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What is kept for its own sake, and all that it was made from: generations of every index, what is
 * newest, young or unfinished of every table, and the layers that tell the next night what has
 * changed.
 */
final class GcRoots {
  private final Store store;
  private final GcAge age;
  private final Map<String, GcTable> tables = new TreeMap<>();
  private final Map<String, String> extractorOf = new TreeMap<>();
  private final List<GcGenerations> indexes = new ArrayList<>();
  private final List<Inputs> sources = new ArrayList<>();
  private final Set<String> extractors = new TreeSet<>();
  private final Set<String> whitenings = new TreeSet<>();
  private final Set<String> quantizers = new TreeSet<>();
  private final Map<String, String> why = new LinkedHashMap<>();

  /**
   * Finds what is kept.
   *
   * @param before how many generations that were live before are kept of each index
   */
  GcRoots(GcAge age, int before) {
    this.store = age.store();
    this.age = age;
    for (ArtifactManifest whitening : Whitenings.all(store)) {
      extractorOf.put(whitening.id(), whitening.inputs().extractor());
    }
    store.list(TableKind.SHARDS.folder()).forEach(index -> keepGenerations(index, before));
    keepArtifacts();
    whitenings.forEach(this::keepVectors);
    extractors.forEach(this::keepDescriptors);
    keepSnapshots();
    keepOfGenerations();
    keepLabels();
  }

  private void keepGenerations(String index, int before) {
    GcTable table = table(TableKind.SHARDS.of(index).folder());
    GcGenerations generations = new GcGenerations(age, table, index, before);
    indexes.add(generations);
    generations
        .kept()
        .forEach(
            (number, reason) -> {
              table.keepOne(number);
              why.put("generation " + number + " of '" + index + "'", reason);
              generations.inputs(number).ifPresent(this::keepSource);
            });
  }

  private void keepSource(Inputs inputs) {
    sources.add(inputs);
    extractors.add(inputs.extractor());
    whitenings.add(inputs.whitening());
    quantizers.add(inputs.quantizer());
  }

  /** Beside those in use, what is young, and the newest. */
  private void keepArtifacts() {
    extractorOf.keySet().stream()
        .filter(id -> isYoung("whitenings", id, vectors(id)))
        .forEach(whitenings::add);
    whitenings.forEach(id -> extractors.add(extractor(id)));
    Set<String> describing = new TreeSet<>(store.list("extractors"));
    describing.addAll(store.list(TableKind.DESCRIPTORS.folder()));
    describing.stream()
        .filter(id -> isYoung("extractors", id, descriptors(id)))
        .forEach(extractors::add);
    extractors.addAll(newest(describing.stream().map(this::descriptors).toList()));
    for (String extractor : extractors) {
      whitenings.addAll(newest(whiteningsOf(extractor).map(this::vectors).toList()));
    }
    whitenings.forEach(this::keepQuantizers);
    // A lost one is trained again from what its training began with.
    quantizers.addAll(starts());
  }

  private Stream<String> whiteningsOf(String extractor) {
    return extractorOf.keySet().stream().filter(id -> extractorOf.get(id).equals(extractor));
  }

  private String extractor(String whitening) {
    if (!extractorOf.containsKey(whitening)) {
      throw StoreException.damaged(
          store.locate(Artifacts.manifestPath(Layout.whitening(whitening))), "it does not exist");
    }
    return extractorOf.get(whitening);
  }

  /** Those that have got as far as any, or may yet. */
  private static List<String> newest(List<GcTable> tables) {
    int newest = tables.stream().mapToInt(GcTable::newest).max().orElse(0);
    return tables.stream()
        .filter(table -> table.highest() >= newest)
        .map(table -> table.folder().substring(table.folder().indexOf('/') + 1))
        .toList();
  }

  private void keepQuantizers(String whitening) {
    List<String> trained =
        Quantizers.all(store).stream()
            .filter(manifest -> whitening.equals(manifest.inputs().whitening()))
            .map(ArtifactManifest::id)
            .sorted(Comparator.comparing(this::trained))
            .toList();
    trained.stream().filter(id -> !age.isOld(trained(id))).forEach(quantizers::add);
    trained.stream().reduce((first, second) -> second).ifPresent(quantizers::add);
  }

  private List<String> starts() {
    return Quantizers.all(store).stream()
        .filter(manifest -> quantizers.contains(manifest.id()))
        .flatMap(manifest -> manifest.inputs().find(Inputs.START).stream())
        .toList();
  }

  private long trained(String quantizer) {
    return store.tree().modified(Artifacts.manifestPath("quantizers/" + quantizer)).orElse(0);
  }

  private boolean isYoung(String kind, String id, GcTable table) {
    return age.isYoung(Artifacts.manifestPath(kind + "/" + id)) || !table.young().isEmpty();
  }

  private void keepVectors(String whitening) {
    GcTable vectors = vectors(whitening);
    GcTable descriptors = descriptors(extractor(whitening));
    vectors.keepEnds();
    // From the live generation's vectors to the newest: what a shard has to take in.
    for (int snapshot : snapshots(Inputs.WHITENING, whitening)) {
      vectors.keep(snapshot);
      vectors.keepBetween(snapshot, vectors.newest());
    }
    for (int snapshot : List.copyOf(vectors.wanted())) {
      descriptors.keep(snapshot);
      vectors.parent(snapshot).ifPresent(below -> descriptors.keepBetween(below, snapshot));
    }
    tell("vectors", " of whitening " + whitening, vectors);
  }

  private void keepDescriptors(String extractor) {
    GcTable descriptors = descriptors(extractor);
    descriptors.keepEnds();
    snapshots(Inputs.EXTRACTOR, extractor).forEach(descriptors::keep);
    int projected =
        whiteningsOf(extractor)
            .filter(whitenings::contains)
            .mapToInt(id -> vectors(id).newest())
            .max()
            .orElse(0);
    descriptors.keepBetween(projected, descriptors.newest());
    tell("descriptors", " of extractor " + extractor, descriptors);
  }

  private void keepSnapshots() {
    GcTable snapshots = table(TableKind.SNAPSHOTS.folder());
    snapshots.keepEnds();
    sources.forEach(inputs -> snapshots.keep(inputs.snapshot()));
    for (String extractor : extractors) {
      GcTable descriptors = descriptors(extractor);
      for (int described : descriptors.wanted()) {
        snapshots.keep(described);
        descriptors.parent(described).ifPresent(at -> snapshots.keepBetween(at, described));
      }
      // To describe all again is what costs most.
      snapshots.keepBetween(descriptors.newest(), snapshots.newest());
    }
    tell("snapshot", "", snapshots);
  }

  /** What was made from generations that are kept, what those were made from, and what is young. */
  private void keepOfGenerations() {
    Arrays.stream(TableKind.values())
        .filter(TableKind::isOfGenerations)
        .flatMap(kind -> store.list(kind.folder()).stream().map(kind::of))
        .map(TableId::folder)
        .map(this::table)
        .forEach(
            table -> {
              table.numbers().stream()
                  .filter(number -> table.inputs(number).filter(this::isOfKept).isPresent())
                  .forEach(table::keepOne);
              table.young().forEach(table::keepOne);
            });
    for (Inputs source : sources) {
      source.find(Inputs.DUPLICATES).flatMap(LayerId::of).ifPresent(this::keepOne);
    }
  }

  /** The cleaned labels that region weights learnt from, and the listing of these images. */
  private void keepLabels() {
    for (ArtifactManifest weights : Weights.all(store)) {
      String clean = Labels.parse(weights.inputs().find(Weights.LABELS).orElse("")).clean();
      if (clean != null) {
        keepLabels(table(TableKind.CLEANED.of(clean).folder()), weights);
      }
    }
  }

  private void keepLabels(GcTable labels, ArtifactManifest weights) {
    Inputs learnt = weights.inputs();
    for (int number : labels.numbers()) {
      if (labels.inputs(number).filter(inputs -> inputs.isOf(learnt.listing())).isPresent()) {
        labels.keepOne(number);
        table(TableKind.SNAPSHOTS.folder()).keep(learnt.snapshot());
        why.put(
            labels.folder() + " of generation " + number,
            "what weights " + weights.id() + " learnt from");
      }
    }
  }

  private boolean isOfKept(Inputs inputs) {
    TableId index = TableKind.SHARDS.of(inputs.index());
    return table(index.folder()).kept().contains(index.layer(inputs.generation()).folder());
  }

  private void keepOne(LayerId layer) {
    table(layer.table().folder()).keepOne(layer.number());
  }

  private List<Integer> snapshots(String input, String id) {
    return sources.stream()
        .filter(inputs -> inputs.find(input).filter(id::equals).isPresent())
        .map(Inputs::snapshot)
        .toList();
  }

  private void tell(String noun, String of, GcTable table) {
    if (table.newest() > 0) {
      why.put(noun + " " + table.newest() + of, "newest");
    }
  }

  private GcTable vectors(String whitening) {
    return table(TableKind.VECTORS.of(whitening).folder());
  }

  private GcTable descriptors(String extractor) {
    return table(TableKind.DESCRIPTORS.of(extractor).folder());
  }

  /** The table in a folder. */
  GcTable table(String folder) {
    return tables.computeIfAbsent(folder, f -> new GcTable(store, age, f));
  }

  /** Whether the artifact of that kind is kept. */
  boolean keeps(String kind, String id) {
    return switch (kind) {
      case "extractors" -> extractors.contains(id);
      case "whitenings" -> whitenings.contains(id);
      case "quantizers" -> quantizers.contains(id);
      // Nothing is made from where a training was.
      case Layout.TRAININGS -> false;
      // Configurations name them, which the store does not know.
      case Weights.FOLDER -> store.exists(Artifacts.manifestPath(Layout.weights(id)));
      case RegionWhitenings.FOLDER ->
          store.exists(Artifacts.manifestPath(Layout.regionWhitening(id)));
      default -> throw new IllegalArgumentException(kind);
    };
  }

  /** What is kept for its own sake, and why. */
  Map<String, String> why() {
    return why;
  }

  /** Whether nothing was published since. */
  boolean areStillThose() {
    return indexes.stream().allMatch(GcGenerations::areStillThose);
  }
}
