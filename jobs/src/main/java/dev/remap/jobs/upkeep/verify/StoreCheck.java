package dev.remap.jobs.upkeep.verify;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.SmallWork;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.RegionWhitenings;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Tables;
import dev.remap.jobs.table.Weights;
import dev.remap.jobs.upkeep.verify.Finding.Cure;
import dev.remap.jobs.upkeep.verify.Finding.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Checks a store from its files alone: every artifact, plan, ledger, record, publication and run on
 * the driver or in a task, every row of every segment and every shard in tasks, from which only
 * findings return. Reads everything once and writes nothing, unless it is asked to repair: then
 * what was found is looked at once more before anything is changed. That a file is not there is
 * believed after several looks, see {@link Store#doubting}.
 */
public final class StoreCheck {
  private final JobContext context;
  private final Store store;
  private final Console console;
  private final Mode mode;
  private final List<Finding> findings = new ArrayList<>();
  private final List<Check> checks = new ArrayList<>();
  private final List<LayerScan> scans = new ArrayList<>();
  private final List<String> unfinished = new ArrayList<>();
  private final Set<Check> suspects = new HashSet<>();
  private int readThrough;

  /** What to do about what is found. */
  public enum Mode {
    LOOK,
    REPAIR
  }

  public StoreCheck(JobContext context, Mode mode) {
    this(context, context.console(), mode);
  }

  /** A check that tells a console of its own. */
  public StoreCheck(JobContext context, Console console, Mode mode) {
    this.context = context;
    this.console = console;
    this.store = context.store().doubting();
    this.mode = mode;
  }

  /** Checks, tells, and repairs where that was asked for; true if nothing was found. */
  public boolean execute() {
    requireStore();
    console.say("verify %s", store.root());
    if (mode == Mode.REPAIR) {
      store.tree().requireNoLinks();
    }
    if (markIsSound() || mode == Mode.REPAIR) {
      findings.addAll(look(check -> true));
    }
    if (mode == Mode.REPAIR && !findings.isEmpty()) {
      lookAgain();
    }
    findings.sort(Comparator.comparing(Finding::path));
    tell();
    return findings.isEmpty();
  }

  /** Looks at all books, and at what of the rest is wanted. */
  private List<Finding> look(Predicate<Check> wanted) {
    checks.clear();
    scans.clear();
    List<Finding> found = new ArrayList<>();
    scan();
    Use use = new Use(store, scans);
    unfinished.clear();
    for (LayerScan scan : scans) {
      if (scan.lacksLedger() && use.of(scan.folder())) {
        scan.requireFinished();
      } else if (scan.isUnfinished()) {
        unfinished.add(scan.folder());
      }
      found.addAll(scan.findings());
    }
    checks.removeIf(wanted.negate());
    List<ArrayList<Finding>> results =
        new SmallWork(context, "files").run(checks, (check, from) -> check.run(from.doubting()));
    for (int i = 0; i < checks.size(); i++) {
      if (!results.get(i).isEmpty()) {
        suspects.add(checks.get(i));
      }
      found.addAll(results.get(i));
    }
    books(found);
    found.removeIf(finding -> isCollected(finding.path()));
    found.addAll(new LogScan(store).findings());
    return found;
  }

  /** Only what is wrong at a second look too is mended: a storage may have answered wrongly. */
  private void lookAgain() {
    Set<String> first = findings.stream().map(Finding::path).collect(Collectors.toSet());
    boolean mark = first.contains(Store.MARK);
    int read = checks.size();
    List<Finding> again = look(suspects::contains);
    again.removeIf(finding -> !first.contains(finding.path()));
    findings.removeIf(finding -> !(mark && finding.path().equals(Store.MARK)));
    findings.addAll(again);
    readThrough = read;
    long sound = first.size() - findings.stream().map(Finding::path).distinct().count();
    if (sound > 0) {
      console.say("  %,d files were sound at a second look, and are left as they are", sound);
    }
  }

  /** Naming what is no store is wrong input; a store that has lost its mark is damaged. */
  private void requireStore() {
    if (!store.exists(Store.MARK) && new Snapshots(store).numbers().isEmpty()) {
      try {
        store.checkMark();
      } catch (StoreException e) {
        throw new InputException("%s", e.getMessage());
      }
    }
  }

  /** Without its mark no task can open the store, so it is mended before the rest is looked at. */
  private boolean markIsSound() {
    try {
      store.checkMark();
      return true;
    } catch (StoreException e) {
      if (e.damage().isEmpty() && new Snapshots(store).numbers().isEmpty()) {
        throw e;
      }
      Problem problem = store.exists(Store.MARK) ? Problem.DAMAGED : Problem.MISSING;
      String how = e.damage().map(StoreException.Damage::how).orElse("there are snapshots");
      findings.add(new Finding(Store.MARK, problem, how, Cure.RESTORE, List.of()));
      if (mode == Mode.REPAIR) {
        store.restoreMark();
      }
      return false;
    }
  }

  /** What does not balance must not be made to count by writing its ledger. */
  private void books(List<Finding> found) {
    List<Finding> unbalanced = new BooksScan(context).findings();
    Set<String> ledgers = unbalanced.stream().map(Finding::path).collect(Collectors.toSet());
    found.removeIf(finding -> ledgers.contains(finding.path()));
    unfinished.removeIf(folder -> ledgers.contains(new Layer(store, folder).ledgerPath()));
    found.addAll(unbalanced);
  }

  private void scan() {
    Tables.of(store)
        .filter(table -> table.kind() != TableKind.SHARDS)
        .forEach(
            table -> {
              List<LayerId> layers = store.list(table.folder()).stream().map(table::layer).toList();
              int all = layers.isEmpty() ? 0 : dimension(layers.get(0));
              layers.forEach(
                  layer ->
                      layer(
                          layer.folder(),
                          table.kind() == TableKind.AUGMENTED ? dimension(layer) : all));
            });
    Set<String> quantizers = new TreeSet<>();
    for (String index : store.list(TableKind.SHARDS.folder())) {
      Set<Integer> published = published(index);
      for (int number : Generation.numbers(store, index)) {
        String folder = Generation.folder(index, number);
        LayerScan scan = layer(folder, 0);
        scan.inputs().forEach(it -> it.find(Inputs.QUANTIZER).ifPresent(quantizers::add));
        // One of which nothing tells any more was collected; whether it is live is looked at as
        // well.
        boolean missed = published.contains(number) && scan.isThere();
        checks.add(new ArtifactCheck(folder, missed ? "a publication" : ""));
      }
    }
    for (TableKind kind : List.of(TableKind.DESCRIPTORS, TableKind.VECTORS)) {
      artifacts(kind.artifacts(), store.list(kind.folder()), kind.folder());
    }
    artifacts("quantizers", quantizers, "an index");
    artifacts(Weights.FOLDER, List.of(), "");
    artifacts(RegionWhitenings.FOLDER, List.of(), "");
  }

  private int dimension(LayerId layer) {
    return ifSound(() -> Tables.dimension(store, layer));
  }

  /** Checks what is there, and that what was used is there. */
  private void artifacts(String kind, Collection<String> used, String by) {
    Set<String> ids = new TreeSet<>(store.list(kind));
    ids.addAll(used);
    ids.forEach(id -> checks.add(new ArtifactCheck(kind + "/" + id, used.contains(id) ? by : "")));
  }

  /** The generations that were ever live, as far as the log can be read. */
  private Set<Integer> published(String index) {
    Publication log = new Publication(store, index);
    Set<Integer> published = new TreeSet<>();
    for (int number : log.numbers()) {
      try {
        published.add(Generation.number(log.entry(number)));
      } catch (StoreException e) {
        // A finding of its own.
        if (e.lost().isEmpty()) {
          throw e;
        }
      }
    }
    return published;
  }

  private LayerScan layer(String folder, int dimension) {
    LayerScan scan = new LayerScan(store, folder, dimension);
    checks.addAll(scan.checks());
    scans.add(scan);
    return scan;
  }

  /** What a collection has claimed and whose books it has deleted counts no more. */
  private boolean isCollected(String path) {
    String[] names = path.split("/", -1);
    int depth = names[0].equals(TableKind.SNAPSHOTS.folder()) ? 2 : 3;
    if (names.length <= depth) {
      return false;
    }
    Layer layer = new Layer(store, String.join("/", Arrays.copyOf(names, depth)));
    return layer.claims().areThere()
        && !store.exists(layer.planPath())
        && !store.exists(layer.ledgerPath());
  }

  /** 0 where the artifact that tells it is damaged, which is a finding of its own. */
  private static int ifSound(IntSupplier dimension) {
    try {
      return dimension.getAsInt();
    } catch (StoreException | IllegalArgumentException e) {
      return 0;
    }
  }

  private void tell() {
    unfinished.forEach(
        folder ->
            console.say(
                "  unfinished, no damage: all units of %s are done, and the next run completes it",
                folder));
    if (findings.isEmpty()) {
      console.say(
          "  all is well: %,d units and artifacts read through",
          Math.max(readThrough, checks.size()));
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("file", "is", "because", "made again by"));
    for (Finding finding : findings) {
      rows.add(
          List.of(
              finding.path(),
              finding.problem().name().toLowerCase(Locale.ROOT),
              finding.how(),
              finding.cured()));
    }
    console.table(rows);
    if (mode == Mode.REPAIR) {
      repair();
    } else {
      console.say(
          "\n  %,d files. Next: %s", findings.size(), context.line("verify").with("--repair"));
    }
  }

  private void repair() {
    Repair.Outcome outcome = new Repair(new RebuildCommand(context, store)).run(findings);
    console.say("\n  written again from the rest of the store: %,d", outcome.restored());
    long lost = findings.stream().filter(finding -> finding.cure() == Cure.COPY).count();
    if (lost > 0) {
      console.say("  left as they are, since nothing here knows what they said: %,d", lost);
    }
    if (!outcome.commands().isEmpty()) {
      console.say("  now run, in this order (settings are those of the runs that made them):");
      outcome.commands().forEach(command -> console.say("    %s", command));
    }
  }
}
