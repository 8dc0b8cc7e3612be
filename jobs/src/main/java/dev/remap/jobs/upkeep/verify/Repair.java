package dev.remap.jobs.upkeep.verify;

import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.config.KeptGroup;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.settings.KeptSettings;
import dev.remap.jobs.table.RegionWhitenings;
import dev.remap.jobs.table.Weights;
import dev.remap.jobs.upkeep.verify.Finding.Cure;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Makes findings good as far as the store's own files allow, and removes what a command has to make
 * again.
 */
final class Repair {
  /** The order in which one command needs what another one made. */
  static final List<String> STAGES =
      List.of(
          "snapshot",
          "weigh",
          Weights.TRAIN,
          RegionWhitenings.COMMAND,
          "extract",
          "whiten",
          "quantize",
          "build",
          "knn",
          "dedup",
          "clean",
          "prepare",
          "publish",
          "reindex",
          "compact");

  private final RebuildCommand remake;
  private final Store store;
  private final Set<String> remade = new LinkedHashSet<>();

  /** Of what alone says how it was made, before it is removed. */
  private final Map<String, List<CommandText>> told = new HashMap<>();

  Repair(RebuildCommand remake) {
    this.remake = remake;
    this.store = remake.store();
  }

  /**
   * What came of a repair.
   *
   * @param restored how many findings were made good from the rest of the store
   * @param commands what is left to be run, in order
   */
  record Outcome(long restored, List<String> commands) {
    Outcome {
      commands = List.copyOf(commands);
    }
  }

  Outcome run(List<Finding> findings) {
    // An entry of a log is told by the one after it, so the last is the first.
    List<Finding> restorable =
        of(findings, Cure.RESTORE).stream()
            .sorted(Comparator.comparing(Finding::path).reversed())
            .toList();
    // What says the same once more must still be there when it is needed.
    remove(restorable);
    long restored = restorable.stream().filter(this::restore).count();
    remove(of(findings, Cure.DISCARD));
    List<Finding> lost = of(findings, Cure.REMAKE);
    lost.forEach(finding -> remade.add(finding.path()));
    lost.stream()
        .map(Finding::path)
        .filter(RebuildCommand::isToldByManifest)
        .forEach(path -> told.put(path, remake.commands(path)));
    remove(lost);
    Ledgers.forget();
    return new Outcome(restored, commands());
  }

  private List<String> commands() {
    return remade.stream()
        .flatMap(path -> (told.containsKey(path) ? told.get(path) : remake.commands(path)).stream())
        .sorted(Comparator.comparingDouble(this::place).thenComparing(CommandText::toString))
        .map(CommandText::toString)
        .distinct()
        .toList();
  }

  /** What learns from labels that are to be cleaned again comes after that, not before all else. */
  private double place(CommandText line) {
    int labels = line.words().indexOf("--clean");
    boolean areRemade =
        labels > 0
            && remade.stream()
                .anyMatch(path -> path.startsWith("cleaned/" + line.words().get(labels + 1) + "/"));
    return areRemade ? STAGES.indexOf("clean") + .5 : STAGES.indexOf(line.words().get(0));
  }

  private static List<Finding> of(List<Finding> findings, Cure cure) {
    return findings.stream().filter(finding -> finding.cure() == cure).toList();
  }

  private void remove(List<Finding> findings) {
    Set<String> paths = new TreeSet<>();
    findings.forEach(finding -> paths.addAll(finding.remove()));
    paths.forEach(
        path -> {
          store.deleteQuietly(path);
          if (store.exists(path)) {
            throw new StoreException(
                store.locate(path) + " cannot be removed: check the permissions of its folder");
          }
        });
  }

  /** True if it is as it was; else a command has to make it, or it was the end of a log. */
  private boolean restore(Finding finding) {
    String path = finding.path();
    String[] names = path.split("/", -1);
    try {
      if (path.equals(Store.MARK)) {
        store.restoreMark();
      } else if (names[0].equals("indexes") && names[2].equals("published")) {
        int number = Integer.parseInt(names[3].substring(0, 8));
        new Publication(store, names[1]).fill(number);
      } else if (names[0].equals(Layout.SETTINGS)) {
        restoreKept();
      } else {
        restoreLayer(folder(path));
      }
      return true;
    } catch (StoreException e) {
      if (e.lost().isEmpty() && e.getCause() != null) {
        // The storage failed, and the other telling may be there.
        throw e;
      }
      // The other telling is gone as well.
      remade.add(path);
      removeUnplanned(path);
      return false;
    }
  }

  /**
   * Of a layer without plan and ledger nobody knows which units it has: a new plan cuts others, to
   * which the records that are left do not belong, nor does a generation's manifest.
   */
  private void removeUnplanned(String path) {
    if (RebuildCommand.isOfLayer(path)) {
      Layer layer = new Layer(store, folder(path));
      if (!store.exists(layer.planPath()) && !store.exists(layer.ledgerPath())) {
        layer.recordedUnits().forEach(unit -> store.deleteQuietly(layer.recordPath(unit)));
        String manifest = Artifacts.manifestPath(layer.folder());
        if (store.exists(manifest)) {
          store.deleteQuietly(manifest);
          remade.add(manifest);
        }
      }
    }
  }

  /** The newest runs know what they were told, or took from what is lost. */
  private void restoreKept() {
    RunHistory runs = RunHistory.of(store);
    SortedMap<String, String> values = new TreeMap<>();
    for (KeptGroup group : KeptGroup.values()) {
      runs.of(group.job()).stream()
          .filter(RunHistory.Run::succeeded)
          .reduce((earlier, later) -> later)
          .ifPresent(run -> values.putAll(run.settings(group)));
    }
    // Which extractor that was, the next extraction finds out.
    KeptSettings.keep(store, now -> now.with(values, Optional.empty()));
  }

  private static String folder(String path) {
    String above = path.substring(0, path.lastIndexOf('/'));
    return above.endsWith("/records") ? above.substring(0, above.lastIndexOf('/')) : above;
  }

  private void restoreLayer(String folder) {
    Layer layer = new Layer(store, folder);
    Optional<Ledger> ledger = layer.ledger();
    if (ledger.isPresent()) {
      layer.restore(ledger.get());
    } else {
      layer.fold(
          layer
              .plan()
              .orElseThrow(
                  () ->
                      StoreException.missing(
                          layer.planPath(), folder + " has neither plan nor ledger")),
          "verify");
    }
  }
}
