package dev.remap.jobs.upkeep.gc;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.UnitRecord;
import dev.remap.jobs.store.segment.SegmentRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The numbered layers in one folder, and which of them are kept: of the snapshots, of an
 * extractor's descriptors, of a whitening's vectors, or the generations of an index.
 */
final class GcTable {
  private final Store store;
  private final GcAge age;
  private final String folder;
  private final Set<String> names;
  private final List<Integer> numbers;
  private final int newest;
  private final Set<Integer> wanted = new TreeSet<>();
  private final Set<Integer> chained = new HashSet<>();
  private final Set<String> kept = new TreeSet<>();

  GcTable(Store store, GcAge age, String folder) {
    this.store = store;
    this.age = age;
    this.folder = folder;
    this.names = Set.copyOf(store.list(folder));
    this.numbers =
        names.stream()
            .filter(GcTable::isLayer)
            .map(name -> Integer.valueOf(name.substring(0, 8)))
            .distinct()
            .sorted()
            .toList();
    this.newest =
        numbers.stream()
            .sorted(Comparator.reverseOrder())
            .filter(number -> hasLedger(LayerChain.folder(folder, number)))
            .findFirst()
            .orElse(0);
  }

  /** Whether that is the name of a layer, merged ones included. */
  static boolean isLayer(String name) {
    return name.matches("\\d{8}") || (name.matches("\\d{8}-[a-z]+") && LayerChain.isMerged(name));
  }

  String folder() {
    return folder;
  }

  /** Whether its layers are generations of an index, with manifests. */
  boolean isIndex() {
    return folder.startsWith("indexes/");
  }

  /** All folders that a number can have, those first that readers prefer. */
  private Stream<String> layers(int number) {
    String raw = LayerChain.folder(folder, number);
    return Stream.of(raw + LayerChain.COMPACTED, raw + LayerChain.MERGED, raw)
        .filter(this::isThere);
  }

  List<Integer> numbers() {
    return numbers;
  }

  /** The folders that are kept. */
  Set<String> kept() {
    return kept;
  }

  private boolean isThere(String layer) {
    return names.contains(layer.substring(layer.lastIndexOf('/') + 1));
  }

  private boolean hasLedger(String layer) {
    return isThere(layer) && store.exists(new Layer(store, layer).ledgerPath());
  }

  /** The newest complete number, 0 if there is none. */
  int newest() {
    return newest;
  }

  /** The numbers above the newest complete one: somebody may finish them. */
  List<Integer> unfinished() {
    return numbers.stream().filter(number -> number > newest).toList();
  }

  /** The highest number, complete or not; 0 if there is none. */
  int highest() {
    return numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
  }

  /** The numbers that were begun, finished or worked on a short time ago. */
  List<Integer> young() {
    return numbers.stream().filter(number -> layers(number).anyMatch(this::isYoung)).toList();
  }

  private boolean isYoung(String path) {
    Layer layer = new Layer(store, path);
    return age.isYoung(layer.planPath())
        || age.isYoung(layer.ledgerPath())
        || (isIndex() && age.isYoung(Artifacts.manifestPath(path)))
        || (!hasLedger(path) && hasYoungFiles(path));
  }

  private boolean hasYoungFiles(String path) {
    boolean[] found = {false};
    store
        .tree()
        .walk(
            path,
            file ->
                found[0] |= !age.isOld(file) && GcName.of(path, file).role() != GcName.Role.CLAIM);
    return found[0];
  }

  /** The number that a layer's plan, or its ledger, says that it lies on. */
  Optional<Integer> parent(int number) {
    return parent(LayerChain.folder(folder, number));
  }

  /** What a layer says that it is made from. */
  Optional<Inputs> inputs(int number) {
    return inputs(LayerChain.folder(folder, number));
  }

  private Optional<Integer> parent(String path) {
    return inputs(path).flatMap(Inputs::parent);
  }

  private Optional<Inputs> inputs(String path) {
    if (!isThere(path)) {
      return Optional.empty();
    }
    Layer layer = new Layer(store, path);
    return layer.plan().map(Plan::inputs).or(() -> layer.ledger().map(Ledger::inputs));
  }

  /** Keeps one layer, and nothing it lies on. */
  void keepOne(int number) {
    kept.add(LayerChain.folder(folder, number));
  }

  /**
   * Keeps a layer and all that it lies on. What a compaction has replaced goes once that is no
   * longer young: who began before may still read it.
   */
  void keep(int number) {
    wanted.add(number);
    keepOne(number);
    List<Integer> todo = new ArrayList<>(List.of(number));
    while (!todo.isEmpty()) {
      int at = todo.remove(todo.size() - 1);
      if (chained.add(at)) {
        keepLink(at, todo);
      }
    }
  }

  /** Keeps the newest number, the one it was made from, and those that are young or unfinished. */
  void keepEnds() {
    if (newest > 0) {
      keep(newest);
      parent(newest).ifPresent(this::keep);
    }
    unfinished().forEach(this::keep);
    young().forEach(this::keep);
  }

  /** The numbers that were asked to be kept with all they lie on. */
  Set<Integer> wanted() {
    return wanted;
  }

  /** What is worse than what readers prefer by now goes with time, as does a merge given up. */
  private void keepLink(int number, List<Integer> todo) {
    for (String path : layers(number).toList()) {
      boolean complete = hasLedger(path);
      if (complete || !LayerChain.isMerged(path) || isYoung(path)) {
        kept.add(path);
        parent(path).ifPresent(todo::add);
        // A merge that goes on reads what it began with.
        if (!complete) {
          inputs(path).flatMap(inputs -> inputs.find(Inputs.LAYERS)).ifPresent(this::keepAll);
        }
      }
      if (complete && !age.isYoung(new Layer(store, path).ledgerPath())) {
        return;
      }
    }
  }

  private void keepAll(String layers) {
    kept.addAll(List.of(layers.split(",", -1)));
  }

  /**
   * Keeps the layers that lead from one number to another, which a job reads one by one to learn
   * what has changed; none if they do not lead there any more, when it does without.
   */
  void keepBetween(int below, int number) {
    List<Integer> way = new ArrayList<>();
    Optional<Integer> at = Optional.of(number);
    while (at.isPresent() && at.get() > below) {
      way.add(at.get());
      at = parent(at.get());
    }
    if (at.isPresent() && at.get() == below) {
      way.forEach(this::keepOne);
    }
  }

  /** The paths of all data files that kept layers name, wherever they are. */
  Set<String> named() {
    Set<String> named = new HashSet<>();
    kept.forEach(path -> named.addAll(named(new Layer(store, path))));
    return named;
  }

  /** The paths of all data files that one layer names now. */
  static Set<String> named(Layer layer) {
    List<UnitRecord> records = layer.ledger().map(Ledger::units).orElseGet(layer::records);
    return records.stream()
        .flatMap(record -> record.segments().values().stream())
        .map(SegmentRef::path)
        .collect(Collectors.toSet());
  }
}
