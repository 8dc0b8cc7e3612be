package dev.remap.jobs.job;

import dev.remap.core.extraction.Described;
import dev.remap.core.extraction.Extractor;
import dev.remap.core.extraction.ImageSource;
import dev.remap.core.extraction.Outcome;
import dev.remap.core.extraction.Rejected;
import dev.remap.core.image.ImageException;
import dev.remap.core.whitening.Moments;
import dev.remap.jobs.catalogue.ByteRange;
import dev.remap.jobs.catalogue.CatalogueImage;
import dev.remap.jobs.store.ArtifactManifest;
import dev.remap.jobs.store.Artifacts;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.InFlightNotes;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.segment.Change;
import dev.remap.jobs.store.segment.MomentRow;
import dev.remap.jobs.store.segment.RejectRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.store.segment.SnapshotRow;
import dev.remap.jobs.store.segment.VectorRow;
import dev.remap.jobs.store.segment.Verification;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;

/**
 * Describes the images of one unit and commits what came of it.
 *
 * @param extractor folder of the extractor's artifact
 * @param snapshot name of the snapshot
 * @param withProducts numbers of the units whose moments keep Σxxᵀ
 * @param maxAccessRatio with more unreachable images than this share, and more than {@code
 *     allowance}, nothing is committed: that is an outage, not a property of the images
 */
record ExtractTask(
    String extractor,
    String snapshot,
    String run,
    ExecutorExtractors.Options options,
    Set<Integer> withProducts,
    double maxAccessRatio,
    int allowance)
    implements Units.Work<Unit, Placement> {

  @Override
  public Placement run(Unit unit, Units.Task task) throws Exception {
    ArtifactManifest artifact = new Artifacts(task.store()).require(extractor);
    Extractor network = ExecutorExtractors.open(task.store(), artifact, options);
    String folder = Layout.descriptors(artifact.id(), snapshot);
    Layer layer = new Layer(task.store(), folder);
    Ledger listing = Ledgers.of(task.store(), Layout.snapshot(snapshot));
    Attempt attempt = new Attempt(run, task.attempt());
    try (UnitWriter writer = new UnitWriter(layer, unit, attempt, "extract");
        InFlight inFlight =
            new InFlight(new InFlightNotes(layer, unit, attempt), options.window());
        TableReader<SnapshotRow> rows =
            new Snapshots(task.store()).table(listing).read(unit.range(), Verification.FULL)) {
      Function<SnapshotRow, ImageSource> source =
          row -> image(row, network.spec().limits().maxBytes(), task.origin().hadoop());
      Set<Long> killers = killers(inFlight, unit, task, listing, network, source);
      Output output = new Output(artifact, unit, writer, network.dimension(), killers);
      Pulled pulled =
          new Pulled(
              inFlight.noted(rows),
              row -> killers.contains(row.key()) ? new Killer(row.imageId()) : source.apply(row));
      network.extract(
          pulled,
          outcome -> {
            SnapshotRow row = pulled.taken.remove();
            boolean described = output.accept(row, outcome);
            inFlight.settled(row.key());
            task.done().accept(1);
            task.rejected().accept(described ? 0 : 1);
          });
      output.finish();
      writer.commit(output.books.counts());
      inFlight.committed();
    }
    return ExecutorExtractors.placement(options);
  }

  /** The images that killed earlier attempts at the unit, by key. */
  private static Set<Long> killers(
      InFlight inFlight,
      Unit unit,
      Units.Task task,
      Ledger listing,
      Extractor network,
      Function<SnapshotRow, ImageSource> source)
      throws InterruptedException {
    if (!inFlight.afterDeath()) {
      return Set.of();
    }
    try (TableReader<SnapshotRow> rows =
        new Snapshots(task.store()).table(listing).read(unit.range(), Verification.FULL)) {
      return inFlight.condemned(
          rows, row -> network.extract(List.of(source.apply(row)).iterator(), outcome -> {}));
    }
  }

  /** Stands in for an image that must not be touched again. */
  private record Killer(String imageId) implements ImageSource {
    @Override
    public byte[] read() throws ImageException {
      throw new ImageException("twice the process that was at it, and at nothing else, died");
    }
  }

  private static ImageSource image(SnapshotRow row, long maxBytes, Configuration conf) {
    return new CatalogueImage(
        row.imageId(),
        row.uri(),
        row.version(),
        ByteRange.of(row.offset(), row.length()),
        maxBytes,
        conf);
  }

  /** Rows as sources, remembered until their outcome comes: outcomes keep the order of sources. */
  private static final class Pulled implements Iterator<ImageSource> {
    private final Iterator<SnapshotRow> rows;
    private final Function<SnapshotRow, ImageSource> source;
    private final Queue<SnapshotRow> taken = new ArrayDeque<>();

    Pulled(Iterator<SnapshotRow> rows, Function<SnapshotRow, ImageSource> source) {
      this.rows = rows;
      this.source = source;
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public ImageSource next() {
      SnapshotRow row = rows.next();
      taken.add(row);
      return source.apply(row);
    }
  }

  /** The three tables that one unit writes. */
  private final class Output {
    private final SegmentWriter<VectorRow> descriptors;
    private final SegmentWriter<RejectRow> rejects;
    private final SegmentWriter<MomentRow> momentRows;
    private final Moments moments;
    private final Set<Long> killers;
    private final long images;
    private final Books books =
        new Books().add("listed", 0).add("described", 0).add("rejected", 0).add("unreachable", 0);

    Output(
        ArtifactManifest artifact, Unit unit, UnitWriter writer, int dimension, Set<Long> killers) {
      this.killers = killers;
      this.images = unit.images();
      Map<String, String> fingerprints = Map.of("extractor", artifact.id());
      descriptors =
          writer.segment(
              Layout.descriptors(artifact.id(), snapshot),
              RowFormat.descriptors(dimension),
              fingerprints);
      rejects =
          writer.segment(
              Layout.rejects(artifact.id(), snapshot), RowFormat.rejects(), fingerprints);
      momentRows =
          writer.segment(
              Layout.moments(artifact.id(), snapshot), RowFormat.moments(dimension), fingerprints);
      moments =
          withProducts.contains(unit.number())
              ? Moments.full(dimension)
              : Moments.sumsOnly(dimension);
    }

    boolean accept(SnapshotRow row, Outcome outcome) {
      books.add("listed", 1);
      if (outcome instanceof Described image) {
        books.add("described", 1);
        moments.add(image.descriptor());
        descriptors.write(
            new VectorRow(
                row.key(),
                Change.PUT,
                row.imageId(),
                row.version(),
                image.width(),
                image.height(),
                image.descriptor()));
        return true;
      }
      Rejected reject = (Rejected) outcome;
      boolean unreachable = reject.kind() == Rejected.Kind.ACCESS;
      books.add("rejected", 1).add("unreachable", unreachable ? 1 : 0);
      // Where storage is down, thousands more would each wait for their deadline.
      checkOutage(Math.max(images, books.count("listed")));
      rejects.write(
          new RejectRow(
              row.key(),
              row.imageId(),
              row.uri(),
              row.version(),
              killers.contains(row.key()) ? "crash" : reject.stage(),
              unreachable ? RejectRow.Kind.ACCESS : RejectRow.Kind.CONTENT,
              reject.reason(),
              1));
      return false;
    }

    private void checkOutage(long of) {
      long unreachable = books.count("unreachable");
      if (unreachable > allowance && unreachable > maxAccessRatio * of) {
        throw new OutageException(
            "%,d of %,d images could not be reached; not committed. Is the storage up? Then run again",
            unreachable, books.count("listed"));
      }
    }

    void finish() {
      checkOutage(books.count("listed"));
      if (moments.count() > 0) {
        momentRows.write(new MomentRow(MomentRow.HEADER, moments.count(), moments.sum()));
        for (int i = 0; moments.hasOuter() && i < moments.dimension(); i++) {
          momentRows.write(new MomentRow(i, moments.count(), moments.row(i)));
        }
      }
    }
  }
}
