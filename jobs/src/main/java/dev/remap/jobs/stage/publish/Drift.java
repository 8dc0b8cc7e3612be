package dev.remap.jobs.stage.publish;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.publish.GateSettings.DriftBounds;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Verdict;
import dev.remap.jobs.store.publication.VerdictCheck;
import dev.remap.jobs.store.publication.VerdictCheck.Outcome;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.RowCounter;
import dev.remap.jobs.table.Vectors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Compares what came after the training of whitening and quantizer with what they were trained on.
 * What is beyond a bound asks for a new training, and keeps nothing from being published: an index
 * that has become worse fails the comparison with the live one, not this.
 */
final class Drift {
  /** What the names of its checks begin with. */
  static final String PREFIX = "drift-";

  static final String ERROR = PREFIX + "quantization-error";
  static final String IMBALANCE = PREFIX + "list-imbalance";

  /** Fewer training vectors for each list and code, and these fit no other vectors so well. */
  private static final int TRAINED_EACH = 39;

  /** So many times what came since is more than such a quantizer was trained on. */
  private static final int MOST_UNSEEN = 10;

  /** Enough for a mean and for eight directions, and quickly read. */
  static final int SAMPLE = 1_000;

  private final JobContext context;
  private final Generation candidate;
  private final Publication log;
  private final DriftBounds bounds;

  Drift(JobContext context, Generation candidate, Publication log, DriftBounds bounds) {
    this.context = context;
    this.candidate = candidate;
    this.log = log;
    this.bounds = bounds;
  }

  /**
   * All checks of drift.
   *
   * @param stored what the candidate's vectors, old and new, were found to be
   */
  List<VerdictCheck> checks(SelfRetrieval stored, ShardIntegrity shards) {
    List<VerdictCheck> checks = new ArrayList<>();
    checks.addAll(new WhiteningDrift(context, candidate, bounds).checks());
    checks.add(error(stored));
    checks.add(imbalance(shards.imbalance()));
    return checks;
  }

  private VerdictCheck error(SelfRetrieval stored) {
    OptionalDouble known = base(ERROR);
    if (known.isEmpty() && stored.seen() == 0) {
      return VerdictCheck.skipped(ERROR, unseen(stored));
    }
    double base = known.orElse(stored.meanError());
    Inputs trained = Quantizers.require(context.store(), candidate.inputs().quantizer()).inputs();
    IndexSpec spec = IndexSpec.parse(trained.spec());
    int least = TRAINED_EACH * Math.max(spec.lists(), 1 << spec.bits());
    Vectors vectors = candidate.vectors();
    Optional<LayerChain> layers =
        NewestLayers.of(
            context, vectors.chain(context.store()), vectors::format, trained.listing(), SAMPLE);
    long rows = layers.map(chain -> RowCounter.puts(context, chain, vectors::format)).orElse(0L);
    if (trained.points() < least) {
      return ofFew(trained.points(), least, rows).against(base);
    }
    if (rows < bounds.minImages()) {
      return VerdictCheck.skipped(ERROR, tooFew(rows, bounds, "the quantizer")).against(base);
    }
    SelfRetrieval found = SelfRetrieval.ofLayers(context, candidate, layers.get(), rows, SAMPLE);
    if (found.seen() == 0) {
      return VerdictCheck.skipped(ERROR, unseen(found)).against(base);
    }
    String what =
        String.format(Locale.ROOT, "mean quantisation error of %,d new vectors", found.seen());
    return ratio(ERROR, what, found.meanError(), base, bounds.maxError(), "drift.max-error");
  }

  /** A codebook of few vectors has hardly more codes than these, and none for others. */
  private static VerdictCheck ofFew(long points, int least, long rows) {
    if (rows * MOST_UNSEEN < points) {
      return VerdictCheck.skipped(
          ERROR,
          String.format(
              Locale.ROOT,
              "the quantizer was trained on %d vectors, with %,d one could tell drift from chance",
              points,
              least));
    }
    OptionalDouble none = OptionalDouble.empty();
    return new VerdictCheck(
        ERROR,
        Outcome.RETRAIN,
        none,
        none,
        none,
        String.format(
            Locale.ROOT,
            "the quantizer was trained on %d vectors, fewer than the %,d that fit others as well,"
                + " and %,d have come since: its codes tell these apart badly",
            points,
            least,
            rows));
  }

  private static String unseen(SelfRetrieval found) {
    return String.format(
        Locale.ROOT, "the lists nearest to %,d sampled vectors do not hold them", found.queries());
  }

  private VerdictCheck imbalance(double found) {
    return ratio(
        IMBALANCE,
        "imbalance of the inverted lists",
        found,
        base(IMBALANCE).orElse(found),
        bounds.maxImbalance(),
        "drift.max-imbalance");
  }

  private static VerdictCheck ratio(
      String name, String what, double value, double base, double most, String setting) {
    return new VerdictCheck(
        name,
        value > most * base ? Outcome.RETRAIN : Outcome.PASSED,
        OptionalDouble.of(value),
        OptionalDouble.of(base),
        OptionalDouble.of(most),
        String.format(
            Locale.ROOT,
            "%s %.4f, when the quantizer was new %.4f (%s allows %s times that)",
            what,
            value,
            base,
            setting,
            most));
  }

  static String tooFew(long rows, DriftBounds bounds, String model) {
    return String.format(
        Locale.ROOT,
        "%,d images came since %s was trained, drift.min-images asks for %,d",
        rows,
        model,
        bounds.minImages());
  }

  /**
   * What that check found when the quantizer was new. Every verdict carries it on, so the last one
   * mostly tells.
   */
  private OptionalDouble base(String name) {
    List<Integer> newestFirst = new ArrayList<>(log.numbers());
    Collections.reverse(newestFirst);
    for (int number : newestFirst) {
      Optional<VerdictCheck> check =
          log.entry(number).verdict().filter(this::isOfQuantizer).flatMap(v -> v.check(name));
      if (check.isPresent()) {
        return check.get().reference().isPresent() ? check.get().reference() : check.get().value();
      }
    }
    return OptionalDouble.empty();
  }

  private boolean isOfQuantizer(Verdict verdict) {
    return candidate.inputs().quantizer().equals(verdict.about().get("quantizer"));
  }
}
