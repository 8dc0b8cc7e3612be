package dev.remap.jobs.stage.whiten;

import dev.remap.core.whitening.Metric;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.LayerBooks;
import dev.remap.jobs.table.Vectors;
import dev.remap.jobs.table.Whitenings;

/** Descriptors to vectors, by a whitening that the store has. */
public final class WhitenJob extends Job<Projection, Ledger> {
  private final Descriptors descriptors;
  private final ArtifactManifest whitening;

  /** Projects these descriptors by this whitening; see {@link FitJob} for where one comes from. */
  public WhitenJob(JobContext context, Descriptors descriptors, ArtifactManifest whitening) {
    super(context);
    this.descriptors = descriptors;
    this.whitening = whitening;
  }

  @Override
  protected String name() {
    return "whiten";
  }

  @Override
  protected Projection plan() {
    context()
        .console()
        .say(
            "whiten %,d descriptors of %,d components (extractor %s, snapshot %d)",
            descriptors.rows(context()),
            descriptors.dimension(),
            descriptors.extractor(),
            descriptors.snapshot());
    requireSameMetric();
    return new Projection(context(), descriptors, whitening);
  }

  private void requireSameMetric() {
    Metric wanted = descriptors.metric(context().store());
    Metric there = Whitenings.load(context().store(), whitening.id()).metric();
    if (wanted != there) {
      throw new InputException(
          "Whitening %s is for embeddings.metric %s, and the descriptors of extractor %s are for"
              + " %s: give one of theirs, or leave out --whitening",
          whitening.id(), there.word(), descriptors.extractor(), wanted.word());
    }
  }

  @Override
  protected Ledger run(Projection projection) {
    return projection.run();
  }

  @Override
  protected void verify(Projection projection, Ledger vectors) {
    LayerBooks.require(context(), vectors);
  }

  @Override
  protected void commit(Projection projection, Ledger vectors) {
    Projection.complete(context().store(), vectors);
  }

  @Override
  protected void report(Projection projection, Ledger written) {
    int dimension = Whitenings.load(context().store(), whitening.id()).dimension();
    Vectors vectors = new Vectors(whitening.id(), descriptors.snapshot(), dimension);
    context()
        .console()
        .say(
            "  books: %,d descriptors = %,d vectors (whitening %s)",
            descriptors.rows(context()), vectors.rows(context()), whitening.id());
  }

  @Override
  protected Counts books(Ledger vectors) {
    return new Counts();
  }
}
