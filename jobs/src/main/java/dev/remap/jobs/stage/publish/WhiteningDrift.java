package dev.remap.jobs.stage.publish;

import dev.remap.core.whitening.SubspaceDrift;
import dev.remap.core.whitening.TorchEigenSolver;
import dev.remap.core.whitening.Whitening;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.KeySample;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.stage.publish.GateSettings.DriftBounds;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.publication.VerdictCheck;
import dev.remap.jobs.store.publication.VerdictCheck.Outcome;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.RowCounter;
import dev.remap.jobs.table.Whitenings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Compares the descriptors that came after a whitening was fitted with the directions it keeps. */
final class WhiteningDrift {
  static final String ANGLE = Drift.PREFIX + "subspace-angle";
  static final String EXPLAINED = Drift.PREFIX + "explained-variance";

  /**
   * A whitening fitted on fewer descriptors than this for each component explains them better than
   * any others, and that would look like drift.
   */
  private static final int TRAINED_EACH = 2;

  private final JobContext context;
  private final Generation candidate;
  private final DriftBounds bounds;

  WhiteningDrift(JobContext context, Generation candidate, DriftBounds bounds) {
    this.context = context;
    this.candidate = candidate;
    this.bounds = bounds;
  }

  List<VerdictCheck> checks() {
    Store store = context.store();
    ArtifactManifest manifest =
        new Artifacts(store).require(Layout.whitening(candidate.inputs().whitening()));
    Whitening whitening = Whitenings.load(store, manifest.id());
    Optional<String> trained = manifest.inputs().find(Inputs.LISTING);
    if (Whitenings.isNone(manifest)) {
      return skipped("there is no whitening");
    }
    if (trained.isEmpty()) {
      return skipped("the whitening was fitted elsewhere");
    }
    if (Whitenings.labels(manifest).isPresent()) {
      return skipped(
          "the whitening was learned from pairs, and keeps what tells things apart rather than what"
              + " varies most");
    }
    if (whitening.count() < (long) TRAINED_EACH * whitening.inputDimension()) {
      return skipped(
          String.format(
              Locale.ROOT,
              "the whitening was fitted on %,d descriptors of %,d components, too few to tell drift"
                  + " from chance",
              whitening.count(),
              whitening.inputDimension()));
    }
    Descriptors descriptors = candidate.descriptors(store);
    Optional<LayerChain> layers =
        NewestLayers.of(
            context, descriptors.chain(store), descriptors::format, trained.get(), Drift.SAMPLE);
    long rows =
        layers.map(chain -> RowCounter.puts(context, chain, descriptors::format)).orElse(0L);
    if (rows < bounds.minImages()) {
      return skipped(Drift.tooFew(rows, bounds, "the whitening"));
    }
    return measured(descriptors, layers.get(), rows)
        .map(found -> judged(found, whitening.dimension()))
        .orElseGet(
            () ->
                skipped("the descriptors that came since the whitening was trained are all equal"));
  }

  private static List<VerdictCheck> skipped(String why) {
    return List.of(VerdictCheck.skipped(ANGLE, why), VerdictCheck.skipped(EXPLAINED, why));
  }

  /** Nothing if all are equal: those have no directions. */
  private Optional<SubspaceDrift> measured(Descriptors descriptors, LayerChain layers, long rows) {
    String whitening = candidate.inputs().whitening();
    double share = KeySample.share(Drift.SAMPLE, rows);
    return Optional.ofNullable(
        new UnitRunner(context, "descriptors")
            .run(
                List.of(layers),
                0,
                (chain, task) -> {
                  List<float[]> sample = sample(task.store(), descriptors, chain, share);
                  if (sample.stream().allMatch(row -> Arrays.equals(row, sample.get(0)))) {
                    return null;
                  }
                  try (TorchEigenSolver solver = new TorchEigenSolver()) {
                    return SubspaceDrift.of(
                        Whitenings.load(task.store(), whitening), sample, solver);
                  }
                })
            .get(0));
  }

  private static List<float[]> sample(
      Store store, Descriptors descriptors, LayerChain layers, double share) {
    List<float[]> sample = new ArrayList<>();
    for (KeyRange range : KeySample.ranges(NewestLayers.PARTS, share)) {
      try (TableReader<VectorRow> rows =
          layers.table(store, descriptors.format()).read(range, Verification.LENGTH)) {
        int most = sample.size() + Drift.SAMPLE / NewestLayers.PARTS;
        while (rows.hasNext() && sample.size() < most) {
          sample.add(rows.next().vector());
        }
      }
    }
    return sample;
  }

  private List<VerdictCheck> judged(SubspaceDrift found, int dimension) {
    VerdictCheck angle =
        VerdictCheck.of(
            ANGLE,
            found.angle() > bounds.maxAngle() ? Outcome.RETRAIN : Outcome.PASSED,
            found.angle(),
            bounds.maxAngle(),
            String.format(
                Locale.ROOT,
                "the %d leading directions of %,d new descriptors are %.1f° from the whitening's %d"
                    + " (drift.max-angle allows %s°)",
                found.directions(),
                found.images(),
                found.angle(),
                dimension,
                bounds.maxAngle()));
    VerdictCheck explained =
        VerdictCheck.of(
                EXPLAINED,
                found.explained() < bounds.minExplained() * found.trained()
                    ? Outcome.RETRAIN
                    : Outcome.PASSED,
                found.explained(),
                bounds.minExplained(),
                String.format(
                    Locale.ROOT,
                    "the whitening keeps %.1f %% of the variance of %,d new descriptors, %.1f %% of"
                        + " those it was fitted on (drift.min-explained asks for %s times that)",
                    100 * found.explained(),
                    found.images(),
                    100 * found.trained(),
                    bounds.minExplained()))
            .against(found.trained());
    return List.of(angle, explained);
  }
}
