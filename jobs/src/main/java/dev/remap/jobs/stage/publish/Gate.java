package dev.remap.jobs.stage.publish;

import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.LostFilesException;
import dev.remap.jobs.run.RefusedException;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.publication.Verdict;
import dev.remap.jobs.store.publication.VerdictCheck;
import dev.remap.jobs.store.publication.VerdictCheck.Outcome;
import dev.remap.jobs.table.Generation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Judges whether a generation may become live. What is wrong with its books or its shards is a
 * failure that nothing overrides; what is wrong with its quality is a verdict.
 */
final class Gate {
  /** What a verdict names the live generation by. */
  static final String COMPARED_WITH = "compared-with";

  static final String BOOKS = "books";

  static final String REJECTS = "reject-ratio";
  static final String DUPLICATES = "duplicates";
  static final String SELF_RETRIEVAL = "self-retrieval";

  private final JobContext context;
  private final Generation candidate;
  private final Publication log;
  private final GateSettings settings;
  private final List<VerdictCheck> ownChecks = new ArrayList<>();
  private SelfRetrieval selfRetrieval = SelfRetrieval.NONE;
  private long entries;
  private int copied;

  Gate(JobContext context, Generation candidate, Publication log, GateSettings settings) {
    this.context = context;
    this.candidate = candidate;
    this.log = log;
    this.settings = settings;
  }

  /** Judges by what the candidate is, and by what is live; looks again only at the latter. */
  Verdict judge(Optional<Published> live) {
    if (ownChecks.isEmpty()) {
      lookAtCandidate();
    }
    List<VerdictCheck> checks = new ArrayList<>(ownChecks);
    checks.addAll(compared(live));
    boolean failed = checks.stream().anyMatch(check -> check.outcome() == Outcome.FAILED);
    return new Verdict(
        failed && settings.forced() ? Verdict.Act.FORCED : Verdict.Act.PASSED, about(live), checks);
  }

  private SortedMap<String, String> about(Optional<Published> live) {
    SortedMap<String, String> about = new TreeMap<>(Shown.by(candidate).about());
    about.put("whitening", candidate.inputs().whitening());
    live.ifPresent(
        published -> about.put(COMPARED_WITH, NumberedFolders.name(Generation.number(published))));
    return about;
  }

  private void lookAtCandidate() {
    ShardIntegrity shards;
    try {
      shards = ShardIntegrity.of(context, candidate);
    } catch (JobFailedException e) {
      throw neverLive("its shards are not whole: ", e.getMessage());
    }
    entries = shards.entries();
    GenerationCounts books = GenerationCounts.of(context, candidate, shards.entries());
    if (!books.balance()) {
      throw neverLive("its books do not balance: ", books.text());
    }
    ownChecks.add(VerdictCheck.balanced(BOOKS, entries, books.text()));
    ownChecks.add(rejects(books));
    selfRetrieval = SelfRetrieval.ofEvery(context, candidate, settings.every());
    ownChecks.add(selfRetrieval());
    ownChecks.addAll(
        new Drift(context, candidate, log, settings.drift()).checks(selfRetrieval, shards));
  }

  private JobFailedException neverLive(String why, String details) {
    return new RefusedException(
        candidate.index(),
        candidate.number(),
        "Generation %d of '%s' is not published, and --force would not do it either: %s%s",
        candidate.number(),
        candidate.index(),
        why,
        Plain.Lines.of(details));
  }

  private VerdictCheck rejects(GenerationCounts books) {
    double ratio = (double) books.rejected() / Math.max(1, books.listed());
    return VerdictCheck.of(
        REJECTS,
        ratio > settings.maxRejectRatio() ? Outcome.FAILED : Outcome.PASSED,
        ratio,
        settings.maxRejectRatio(),
        String.format(
            Locale.ROOT,
            "%,d of %,d images are rejected, %.1f %% (publish.max-reject-ratio allows %.1f %%)",
            books.rejected(),
            books.listed(),
            100 * ratio,
            100 * settings.maxRejectRatio()));
  }

  private VerdictCheck selfRetrieval() {
    return VerdictCheck.of(
        SELF_RETRIEVAL,
        selfRetrieval.share() < settings.minSelfRetrieval() ? Outcome.FAILED : Outcome.PASSED,
        selfRetrieval.share(),
        settings.minSelfRetrieval(),
        String.format(
            Locale.ROOT,
            "%,d of %,d sampled vectors find themselves (publish.min-self-retrieval asks for %.1f"
                + " %%)",
            selfRetrieval.found(),
            selfRetrieval.queries(),
            100 * settings.minSelfRetrieval()));
  }

  private List<VerdictCheck> compared(Optional<Published> published) {
    if (published.isEmpty()) {
      String why = "nothing is live to compare with";
      return List.of(
          VerdictCheck.skipped(CopiesRegression.NAME, why),
          VerdictCheck.skipped(GroupsRegression.NAME, why));
    }
    int number = Generation.number(published.get());
    Regressions comparisons = new Regressions(number, settings.maxDrop());
    List<VerdictCheck> checks = new ArrayList<>(duplicates(number).stream().toList());
    checks.add(
        whyNoCopies().isPresent()
            ? VerdictCheck.skipped(CopiesRegression.NAME, whyNoCopies().get())
            : compared(
                CopiesRegression.NAME,
                number,
                () -> {
                  copied = settings.copies();
                  return new CopiesRegression(context, candidate, live(number))
                      .check(copied, comparisons);
                }));
    checks.add(
        settings.groups().isEmpty()
            ? VerdictCheck.skipped(GroupsRegression.NAME, "publish.groups names none")
            : compared(
                GroupsRegression.NAME,
                number,
                () ->
                    new GroupsRegression(context, candidate, live(number))
                        .check(settings.groups(), comparisons)));
    return checks;
  }

  /**
   * An index of all images and one without duplicates are two: neither becomes the other by itself.
   */
  private Optional<VerdictCheck> duplicates(int number) {
    boolean hasAll = candidate.inputs().find(Inputs.DUPLICATES).isEmpty();
    boolean hadAll =
        new Artifacts(context.store())
            .find(Generation.folder(candidate.index(), number))
            .map(live -> live.inputs().find(Inputs.DUPLICATES).isEmpty())
            .orElse(hasAll);
    return hasAll == hadAll
        ? Optional.empty()
        : Optional.of(
            VerdictCheck.of(
                DUPLICATES,
                Outcome.FAILED,
                hasAll ? 1 : 0,
                hadAll ? 1 : 0,
                hasAll
                    ? "the live generation %d was built without duplicates (build --unique), this one has them"
                        .formatted(number)
                    : ("the live generation %d has all images, this one was built without duplicates, and no"
                            + " night can go on from it: give it a --name of its own")
                        .formatted(number)));
  }

  private Optional<String> whyNoCopies() {
    if (settings.copies() == 0) {
      return Optional.of("publish.copies is 0");
    }
    return candidate.isGiven(context.store())
        ? Optional.of("descriptors are given with the catalogue, so there are no images to distort")
        : Optional.empty();
  }

  private Generation live(int number) {
    return Generation.of(context.store(), candidate.index(), number);
  }

  /** A live generation whose files are missing or damaged must not keep a sound one out. */
  private VerdictCheck compared(String name, int live, Supplier<VerdictCheck> comparison) {
    try {
      return comparison.get();
    } catch (StoreException e) {
      return withoutLive(name, live, e.lost().stream().toList(), e);
    } catch (LostFilesException e) {
      return withoutLive(name, live, e.files(), e);
    }
  }

  private VerdictCheck withoutLive(
      String name, int live, List<String> lost, RuntimeException failure) {
    if (lost.isEmpty() || lost.stream().anyMatch(Lineage.of(context.store(), candidate)::holds)) {
      throw failure;
    }
    return VerdictCheck.skipped(
        name,
        "the live generation %d cannot be searched: %s is missing or damaged"
            .formatted(live, lost.get(0)));
  }

  /** What was counted, for the run's record. */
  Counts books() {
    return new Counts()
        .add("entries", entries)
        .add("canaries", selfRetrieval.queries())
        .add("found", selfRetrieval.found())
        .add(PublishJob.COPIED, copied);
  }
}
