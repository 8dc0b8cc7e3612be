package dev.remap.jobs.job.verify;

import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.jobs.job.Console;
import dev.remap.jobs.job.Descriptors;
import dev.remap.jobs.job.ExecutorExtractors;
import dev.remap.jobs.job.Generation;
import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.Units;
import dev.remap.jobs.job.Whitenings;
import dev.remap.jobs.job.verify.Finding.Cure;
import dev.remap.jobs.job.verify.Finding.Problem;
import dev.remap.jobs.store.Artifacts;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.layer.Layer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/**
 * Checks a store from its files alone: every artifact, plan, ledger, record, publication and run on
 * the driver or in a task, every row of every segment and every shard in tasks, from which only
 * findings return. Reads everything once and writes nothing, unless it is asked to repair.
 */
public final class VerifyJob {
  private final JobContext context;
  private final Store store;
  private final Console console;
  private final Mode mode;
  private final List<Finding> findings = new ArrayList<>();
  private final List<Check> checks = new ArrayList<>();

  /** What to do about what is found. */
  public enum Mode {
    LOOK,
    REPAIR
  }

  public VerifyJob(JobContext context, Mode mode) {
    this(context, context.console(), mode);
  }

  /** As above, telling somebody else. */
  public VerifyJob(JobContext context, Console console, Mode mode) {
    this.context = context;
    this.console = console;
    this.store = context.store();
    this.mode = mode;
  }

  /** Checks, tells, and repairs where that was asked for; true if nothing was found. */
  public boolean execute() {
    console.say("verify %s", store.root());
    if (markIsSound() || mode == Mode.REPAIR) {
      scan();
      findings.addAll(new LogScan(store).findings());
      new Units(context, "files")
          .run(checks, 0, (check, task) -> check.run(task.store())).stream()
              .flatMap(List::stream)
              .forEach(findings::add);
      books();
    }
    findings.sort(Comparator.comparing(Finding::path));
    tell();
    return findings.isEmpty();
  }

  /** Without its mark no task can open the store, so it is mended before the rest is looked at. */
  private boolean markIsSound() {
    try {
      store.checkMark();
      return true;
    } catch (StoreException e) {
      if (e.damage().isEmpty() && store.list("snapshots").isEmpty()) {
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
  private void books() {
    List<Finding> unbalanced = new BooksScan(context).findings();
    Set<String> ledgers = unbalanced.stream().map(Finding::path).collect(Collectors.toSet());
    findings.removeIf(finding -> ledgers.contains(finding.path()));
    findings.addAll(unbalanced);
  }

  private void scan() {
    store.list("snapshots").forEach(name -> layer(Layout.snapshot(name), 0));
    Map<String, String> projected = new TreeMap<>();
    for (String id : store.list("vectors")) {
      int dimension = ifSound(() -> Whitenings.load(store, id).dimension());
      for (String name : store.list("vectors/" + id)) {
        for (String extractor : layer(Layout.vectors(id, name), dimension).inputs("extractor")) {
          projected.merge(
              extractor, snapshot(name), BinaryOperator.maxBy(Comparator.naturalOrder()));
        }
      }
    }
    for (String id : store.list("descriptors")) {
      int dimension = ifSound(() -> descriptorDimension(id));
      String newest = projected.getOrDefault(id, "");
      for (String name : store.list("descriptors/" + id)) {
        boolean isAccepted = snapshot(name).compareTo(newest) <= 0;
        layer(new LayerScan(store, Layout.descriptors(id, name), dimension, isAccepted));
      }
    }
    Set<String> quantizers = new TreeSet<>();
    for (String index : store.list("indexes")) {
      for (int number : Generation.numbers(store, index)) {
        String folder = Generation.folder(index, number);
        boolean complete = store.exists(new Layer(store, folder).ledgerPath());
        checks.add(new ArtifactCheck(folder, complete ? "its ledger" : ""));
        quantizers.addAll(layer(folder, 0).inputs("quantizer"));
      }
    }
    artifacts("extractors", store.list("descriptors"), "descriptors");
    artifacts("whitenings", store.list("vectors"), "vectors");
    artifacts("quantizers", quantizers, "an index");
  }

  /** Checks what is there, and that what was used is there. */
  private void artifacts(String kind, Collection<String> used, String by) {
    Set<String> ids = new TreeSet<>(store.list(kind));
    ids.addAll(used);
    ids.forEach(id -> checks.add(new ArtifactCheck(kind + "/" + id, used.contains(id) ? by : "")));
  }

  /** The number that the name of a layer begins with, whose zeros make texts sort as numbers. */
  private static String snapshot(String layer) {
    return layer.split("-", 2)[0];
  }

  private LayerScan layer(String folder, int dimension) {
    return layer(new LayerScan(store, folder, dimension, true));
  }

  private LayerScan layer(LayerScan scan) {
    checks.addAll(scan.checks());
    findings.addAll(scan.findings());
    return scan;
  }

  private int descriptorDimension(String extractor) {
    ExtractorSpec spec =
        ExecutorExtractors.spec(store, new Artifacts(store).require(Layout.extractor(extractor)));
    return Descriptors.dimension(spec);
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
    if (findings.isEmpty()) {
      console.say("  all is well: %,d units and artifacts read through", checks.size());
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
              cure(finding)));
    }
    console.table(rows);
    if (mode == Mode.REPAIR) {
      repair();
    } else {
      console.say("\n  %,d files. Next: remap verify --repair", findings.size());
    }
  }

  private String cure(Finding finding) {
    return switch (finding.cure()) {
      case RESTORE -> "remap verify --repair";
      case REMAKE -> finding.command(store);
      case DISCARD -> "nothing; no one needs it";
      case COPY -> "nothing; restore it from a copy";
    };
  }

  private void repair() {
    List<String> commands = new Repair(store).run(findings);
    long restored = count(Cure.RESTORE);
    console.say("\n  written again from the rest of the store: %,d", restored);
    long lost = count(Cure.COPY);
    if (lost > 0) {
      context
          .console()
          .say("  left as they are, since nothing here knows what they said: %,d", lost);
    }
    if (!commands.isEmpty()) {
      console.say("  now run, with the settings that made them:");
      commands.forEach(command -> console.say("    %s", command));
    }
  }

  private long count(Cure cure) {
    return findings.stream().filter(finding -> finding.cure() == cure).count();
  }
}
