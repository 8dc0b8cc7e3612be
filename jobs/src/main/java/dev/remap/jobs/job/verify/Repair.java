package dev.remap.jobs.job.verify;

import dev.remap.jobs.job.Ledgers;
import dev.remap.jobs.job.verify.Finding.Cure;
import dev.remap.jobs.store.Publication;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes findings good as far as the store's own files allow, and removes what a command has to make
 * again.
 */
final class Repair {
  /** The order in which one command needs what another one made. */
  private static final List<String> STAGES =
      List.of(
          "snapshot", "extract", "whiten", "quantize", "build", "publish", "reindex", "compact");

  private final Store store;
  private final Set<String> commands = new TreeSet<>(Comparator.comparing(Repair::stage));

  Repair(Store store) {
    this.store = store;
  }

  private static String stage(String command) {
    return STAGES.indexOf(command.split(" ", -1)[1]) + command;
  }

  /** Repairs; returns the commands that are left to be run, in order. */
  List<String> run(List<Finding> findings) {
    List<Finding> restorable = of(findings, Cure.RESTORE);
    // What says the same once more must still be there when it is needed.
    remove(restorable);
    restorable.forEach(this::restore);
    remove(of(findings, Cure.DISCARD));
    List<Finding> lost = of(findings, Cure.REMAKE);
    lost.forEach(finding -> commands.add(finding.command(store)));
    remove(lost);
    Ledgers.forget();
    return List.copyOf(commands);
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

  private void restore(Finding finding) {
    String path = finding.path();
    String[] names = path.split("/", -1);
    try {
      if (path.equals(Store.MARK)) {
        store.restoreMark();
      } else if (names[0].equals("indexes") && names[2].equals("published")) {
        int number = Integer.parseInt(names[3].substring(0, 8));
        new Publication(store, names[1]).fill(number);
      } else {
        restoreLayer(folder(path));
      }
    } catch (StoreException e) {
      // The other telling is gone as well.
      commands.add(new Remake(store).command(path));
    }
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
              .orElseThrow(() -> new StoreException(folder + " has neither plan nor ledger")),
          "verify");
    }
  }
}
